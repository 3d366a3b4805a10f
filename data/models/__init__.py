"""The tables. Constraints and indexes live in the database itself, the same on SQLite and PostgreSQL.

Stored here are facts; a state (overdue, due soon …) is never stored, see `rules`. Two columns and two
tables are kept in step with the facts they follow from, in the transaction that changes those facts:
`enrolment.last_review_on`, `enrolment.next_review_on` and `coverage_span` (`review_schedule.reschedule`),
`department_figures` (`department_figures.keeping` and `rebuild`).

Dates are calendar dates in the organisation's time zone; instants are UTC. `PERSONAL` names the columns
that hold personal data.
"""

from data.models.accounts import FailedSignIn as FailedSignIn
from data.models.accounts import LoginSession as LoginSession
from data.models.accounts import OneTimeLink as OneTimeLink
from data.models.base import BarrierKind as BarrierKind
from data.models.base import Base as Base
from data.models.base import EndReason as EndReason
from data.models.base import Origin as Origin
from data.models.base import Reach as Reach
from data.models.base import UtcDateTime as UtcDateTime
from data.models.base import Writes as Writes
from data.models.base import confidentiality_known as confidentiality_known
from data.models.base import in_order as in_order
from data.models.base import one_of as one_of
from data.models.college import ClosedPeriod as ClosedPeriod
from data.models.college import Cohort as Cohort
from data.models.college import Department as Department
from data.models.college import Lane as Lane
from data.models.college import Organisation as Organisation
from data.models.college import ReviewKind as ReviewKind
from data.models.college import ReviewRuleVersion as ReviewRuleVersion
from data.models.college import TeachingGroup as TeachingGroup
from data.models.drafts import Draft as Draft
from data.models.figures import CoverageSpan as CoverageSpan
from data.models.figures import DepartmentFigures as DepartmentFigures
from data.models.history import Change as Change
from data.models.history import ImportRecord as ImportRecord
from data.models.judgements import Colour as Colour
from data.models.judgements import Judgement as Judgement
from data.models.learners import Attendance as Attendance
from data.models.learners import BreakInLearning as BreakInLearning
from data.models.learners import Enrolment as Enrolment
from data.models.learners import Learner as Learner
from data.models.learners import TeachingGroupLearner as TeachingGroupLearner
from data.models.people import WITHOUT_DEPARTMENT as WITHOUT_DEPARTMENT
from data.models.people import CohortTutor as CohortTutor
from data.models.people import Person as Person
from data.models.people import Role as Role
from data.models.people import RoleAssignment as RoleAssignment
from data.models.people import TeachingGroupTeacher as TeachingGroupTeacher
from data.models.personal import NOT_PERSONAL as NOT_PERSONAL
from data.models.personal import PERSONAL as PERSONAL
from data.models.plans import OPEN_TARGET as OPEN_TARGET
from data.models.plans import Barrier as Barrier
from data.models.plans import Contract as Contract
from data.models.plans import IdeaOf as IdeaOf
from data.models.plans import Milestone as Milestone
from data.models.plans import Phase as Phase
from data.models.plans import Plan as Plan
from data.models.plans import Priority as Priority
from data.models.plans import Reflection as Reflection
from data.models.plans import Step as Step
from data.models.plans import Support as Support
from data.models.plans import Target as Target
from data.models.reviews import Review as Review
from data.models.starting_points import Assessment as Assessment
from data.models.starting_points import AssessmentKind as AssessmentKind
from data.models.starting_points import Attainment as Attainment
from data.models.starting_points import AttainmentKind as AttainmentKind
from data.models.starting_points import Balance as Balance
from data.models.starting_points import Experience as Experience
from data.models.starting_points import ExperienceKind as ExperienceKind
from data.models.starting_points import Met as Met
from data.models.starting_points import OwnWords as OwnWords
from data.models.starting_points import PlanExit as PlanExit
from data.models.starting_points import ProgressionKind as ProgressionKind
from data.models.starting_points import ProgressionNeed as ProgressionNeed
from data.models.starting_points import ProgressionOption as ProgressionOption
from data.models.starting_points import RatedBy as RatedBy
from data.models.starting_points import Skill as Skill
from data.models.starting_points import SkillRating as SkillRating
from data.models.targets import OPEN_STUCK as OPEN_STUCK
from data.models.targets import CriterionJudgement as CriterionJudgement
from data.models.targets import Evidence as Evidence
from data.models.targets import EvidenceKind as EvidenceKind
from data.models.targets import Judged as Judged
from data.models.targets import JudgeKind as JudgeKind
from data.models.targets import LinkKind as LinkKind
from data.models.targets import Move as Move
from data.models.targets import Negotiation as Negotiation
from data.models.targets import Side as Side
from data.models.targets import Stuck as Stuck
from data.models.targets import TargetLink as TargetLink
from data.models.support import BarrierAnswer as BarrierAnswer
from data.models.support import Confidential as Confidential
from data.models.support import ExternalHelp as ExternalHelp
from data.models.support import LinkedPlan as LinkedPlan
from data.models.support import LinkedPlanKind as LinkedPlanKind
from data.models.support import SupportChange as SupportChange
from data.models.support import SupportSession as SupportSession
from data.models.walls import BoardKind as BoardKind
from data.models.walls import Orientation as Orientation
from data.models.walls import Theme as Theme
from data.models.walls import Wall as Wall
from data.models.walls import WallBoard as WallBoard
from data.models.walls import WallCohort as WallCohort
