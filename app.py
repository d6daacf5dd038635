"""The frame of the simulator; ``python3 app.py`` prepares what it needs and starts it."""

import sys
from pathlib import Path

if __name__ == "__main__" and "streamlit" not in sys.modules:
    sys.path.insert(0, str(Path(__file__).resolve().parent / ".ci"))
    from environment import launch_app

    launch_app(sys.argv[1:])

from pages.parts import frame, session

frame.guard()
frame.warm()
session.begin()
page = frame.pages()
frame.show(page)
page.run()
session.write_link()
