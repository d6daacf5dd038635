"""The frame of the simulator; ``python3 app.py`` prepares what it needs and starts it."""

import sys
from pathlib import Path

if __name__ == "__main__" and "streamlit" not in sys.modules:
    sys.path.insert(0, str(Path(__file__).resolve().parent / ".ci"))
    from environment import launch_app

    launch_app(sys.argv[1:])

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.starlette import App

from pages.parts import frame, server, session

if get_script_run_ctx(suppress_warning=True) is None:  # the server takes this file up, once
    app = App(
        __file__,
        routes=server.routes(),
        middleware=server.middleware(),
        lifespan=server.life,
        on_script_error=server.failed,
    )
else:  # every run of a page
    frame.guard()
    frame.warm()
    session.begin()
    page = frame.pages()
    frame.show(page)
    page.run()
    session.write_link()
