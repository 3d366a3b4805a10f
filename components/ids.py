"""Every id that a callback names: constants by page and thing."""

from __future__ import annotations

# the frame, on every page
LOCATION = "_pages_location"
STATUS = "status"
PAGE_CONTENT = "_pages_content"
# where the browser is sent to sign in, by a real navigation
SIGN_IN = "sign-in"
SIGNED_OUT_NOTICE = "signed-out-notice"
SEARCH = "learner-search"
SEARCH_FOUND = "learner-search-found"

# what is selected on a page: the address's parameters, as a dict of strings
SELECTION = "selection"
# what has just been saved: {"target": id, "plan": id, "version": n} or {"review": id, "plan": id}
SAVED = "saved"

# the drawings


def drawing_html(name: str) -> dict[str, str]:
    """The store that holds a drawing's HTML."""
    return {"type": "drawing-html", "name": name}


def drawing_mount(name: str) -> dict[str, str]:
    """The element that a drawing is set into."""
    return {"type": "drawing-mount", "name": name}
