"""The wall: one question a screen, no scroll bar, no chrome."""

from pages.parts import frame, meeting

frame.enter()
meeting.show()
