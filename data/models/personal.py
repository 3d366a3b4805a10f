"""Which columns of text hold personal data."""

from __future__ import annotations

PERSONAL = {
    "person": {"email", "name", "password_hash"},
    "draft": {"key", "typed"},
    "learner": {"reference", "given_name", "family_name"},
    "plan": {"starting_point", "destination", "progression", "own_rule_reason"},
    "target": {"title", "criteria", "resources", "where_and_how", "note"},
    "step": {"text"},
    "review": {"note"},
    "reflection": {"learned", "went_well", "went_less_well", "use_again"},
    "support": {"what", "by_whom", "how_often"},
    "barrier": {"what", "how_passed"},
    "change": {"old", "new", "reason"},
    "import_record": {"key", "said"},
    "judgement": {"reason"},
}
"""Columns of text that hold personal data; what an export of a learner's own data and an erasure cover."""


NOT_PERSONAL = {
    "barrier": {"kind"},
    "change": {"field", "origin"},
    "closed_period": {"name"},
    "cohort": {"code", "title"},
    "department": {"name"},
    "enrolment": {"end_reason"},
    "failed_sign_in": {"account_hash", "address_hash"},
    "import_record": {"source"},
    "judgement": {"colour"},
    "lane": {"key", "label"},
    "learner": {"provider"},
    "login_session": {"key_hash"},
    "milestone": {"phase_name", "short_title", "title"},
    "one_time_link": {"token_hash"},
    "organisation": {"name", "time_zone"},
    "phase": {"name"},
    "plan": {"own_rule_unit"},
    "review_kind": {"key", "name"},
    "review_rule": {"unit"},
    "role": {"name", "label", "reach", "writes"},
    "role_assignment": {"role_name"},
    "target": {"status"},
    "teaching_group": {"code", "subject"},
    "wall": {"name", "theme", "orientation", "notice", "token_hash", "last_seen_from"},
    "wall_board": {"kind"},
}
"""All other columns of text: codes of ours, the college's own names, hashes. A new column must be in one."""
