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


def drawing(name: str) -> dict[str, str]:
    """The element that holds a drawing."""
    return {"type": "drawing", "name": name}


# the target form, on each page that shows targets
TARGET_FORM = "target-form"
# which target is on show: {"target": id}
TARGET_SHOWN = "target-shown"

# the dialogs that buttons open: a new target, a review held
NEW_TARGET = "new-target"
REVIEW_HELD = "review-held"

# the cohort's page
COHORT = "cohort"
PROGRESS_GRID = "progress-grid"
GRID_FRAME = "grid-frame"

# the learner's page: whose plan is on show, {"learner": id, "plan": enrolment's id}
LEARNER = "learner"

# the pages of phases, of a drafted route, of templates
PHASES = "phases"
ROUTE_DRAFT = "route-draft"
TEMPLATES = "templates"
TEMPLATE = "template"
# which template is on show, {"template": id, "cohort": id or None}
TEMPLATE_SHOWN = "template-shown"

# a plan's next review
NEXT_REVIEW = "next-review"

# a tutor's schedule
SCHEDULE = "schedule"

# what the college says of its reviews
COLLEGE_REVIEWS = "college-reviews"

# whose prompts are on show: {"kind": a kind's id or "case-study"}
PROMPTS_SHOWN = "prompts-shown"

# the page of one review: {"form": id}
REVIEW_FORM = "review-form-shown"
# the button that shows and hides what is for who holds the review only
TUTORS_PART = "tutors-part"

# the page of a group review: {"cohort": id}
COHORT_OF_GROUP = "cohort-of-group"

# the home page
MOVE_ON = "move-on"

# the department's page: what is on show, {"department": id, "list": what is open, as in the address}
DEPARTMENT = "department"
HEADLINE = "headline"
OVERDUE_HEATMAP = "overdue-heatmap"
REVIEW_COVERAGE = "review-coverage"
ATTENTION = "attention"
OPEN_LIST = "open-list"

# the organisation's page
ORGANISATION_HEADLINE = "organisation-headline"
ORGANISATION_HEATMAP = "organisation-heatmap"
ORGANISATION_COVERAGE = "organisation-coverage"

# the coverage pages: what is on show, {"cohort" or "department": id, "asked": the address's parameters}
COVERAGE = "coverage"
COVERAGE_MATRIX = "coverage-matrix"
COVERAGE_LISTS = "coverage-lists"
COVERAGE_EXPORTS = "coverage-exports"
COVERAGE_BY_SHOWN = "coverage-by-shown"
COVERAGE_BY = "coverage-by"
COVERAGE_BY_LISTS = "coverage-by-lists"

# /department/<id>/capacity: {"department": id, "asked": {…}}; who stands in for a tutor
CAPACITY_SHOWN = "capacity-shown"
CAPACITY = "capacity"
CAPACITY_LIST = "capacity-list"
TUTORS = "tutors"
TUTORS_SHOWN = "tutors-shown"

# the page of one target: {"target": id}
TARGET_ON_PAGE = "target-on-page"
