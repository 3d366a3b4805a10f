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


# the target form, on each page that shows targets
TARGET_FORM = "target-form"
# what the server last said of the target on show; None where none is selected
TARGET_SAID = "target-said"
# what a save is made against: {"target": id, "version": n}
TARGET_EDITED = "target-edited"
TARGET_STATUS = "target-status"
TARGET_DUE = "target-due"
TARGET_REASON = "target-reason"
TARGET_NOTE = "target-note"
TARGET_SAVE = "target-save"
# a step ticked or unticked: {"target": id, "step": id, "done": true}
TARGET_STEP = "target-step"
TARGET_DETAIL = "target-detail"
TARGET_HISTORY = "target-history"

# a new target, and a review held; what their buttons say: {"plan": id}
NEW_TARGET = "new-target"
NEW_TARGET_PLAN = "new-target-plan"
NEW_TARGET_SAID = "new-target-said"
NEW_TARGET_TITLE = "new-target-title"
NEW_TARGET_LANE = "new-target-lane"
NEW_TARGET_DUE = "new-target-due"
NEW_TARGET_CRITERIA = "new-target-criteria"
NEW_TARGET_SAVE = "new-target-save"
REVIEW_HELD = "review-held"
REVIEW_HELD_PLAN = "review-held-plan"
REVIEW_HELD_SAID = "review-held-said"
REVIEW_HELD_DAY = "review-held-day"
REVIEW_HELD_KIND = "review-held-kind"
REVIEW_HELD_NOTE = "review-held-note"
REVIEW_HELD_SAVE = "review-held-save"

# the cohort's page
COHORT = "cohort"
PROGRESS_GRID = "progress-grid"
GRID_FRAME = "grid-frame"

# the learner's page: whose plan is on show, {"learner": id, "plan": enrolment's id}
LEARNER = "learner"

# the home page
MOVE_ON = "move-on"

# the department's page: what is on show, {"department": id, "list": what is open, as in the address}
DEPARTMENT = "department"
HEADLINE = "headline"
OVERDUE_HEATMAP = "overdue-heatmap"
REVIEW_COVERAGE = "review-coverage"
ATTENTION = "attention"
OPEN_LIST = "open-list"
LIST_FRAME = "list-frame"

# the organisation's page
ORGANISATION_HEADLINE = "organisation-headline"
ORGANISATION_HEATMAP = "organisation-heatmap"
ORGANISATION_COVERAGE = "organisation-coverage"
