"""Every knob of Routebook, in one place. Tests make their own Settings and pass them in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

VERSION = "0.1.0"
DEFAULT_DATABASE = Path(__file__).parent / "var" / "routebook.db"


class Settings(BaseSettings):
    """Read from the environment; names are those of the fields with the prefix ROUTEBOOK_, but for the
    first three, which also go by the names that hosting platforms give them."""

    model_config = SettingsConfigDict(env_prefix="ROUTEBOOK_", extra="ignore", populate_by_name=True)

    database_url: str = Field(
        default=f"sqlite:///{DEFAULT_DATABASE}",
        validation_alias=AliasChoices("ROUTEBOOK_DATABASE_URL", "DATABASE_URL", "database_url"),
        description="A SQLAlchemy URL: SQLite or PostgreSQL.",
    )
    host: str = Field(
        default="127.0.0.1",
        validation_alias=AliasChoices("ROUTEBOOK_HOST", "HOST", "host"),
        description="The address to serve on.",
    )
    port: int = Field(
        default=8050,
        validation_alias=AliasChoices("ROUTEBOOK_PORT", "PORT", "port"),
        description="The port to serve on.",
    )
    address: str = Field(
        default="",
        pattern=r"^(https?://[^/\s]+)?$",
        description="Where people reach Routebook, as https://routebook.college.example: the links that the"
        " command line prints begin with it; else with HOST and PORT.",
    )
    today: date | None = Field(
        default=None, description="A date that stands for today, for demos and tests; else the clock's."
    )
    demo: bool | None = Field(
        default=None,
        description="1 loads the demo college into an empty database that DATABASE_URL names.",
    )
    demo_beyond_loopback: bool = Field(
        default=False, description="1 allows a demo database to be served on any address."
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Signs cookies and tokens; at least 32 characters."
        " Required unless the database is a demo.",
    )
    plain_http: bool = Field(
        default=False,
        description="1 drops the Secure flag of cookies, for a server reached without TLS by a name other"
        " than localhost.",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="How many proxies in front may set X-Forwarded-* headers."
    )
    idle_minutes: int = Field(default=30, gt=0, description="Minutes without a request that end a session.")
    session_hours: int = Field(default=12, gt=0, description="Hours after which a session ends in any case.")
    link_hours: int = Field(default=72, gt=0, description="Hours for which a one-time link works.")
    largest_file_mb: int = Field(default=5, gt=0, le=50, description="Megabytes of a file kept as evidence.")
    evidence_folder: Path = Field(
        default=Path(__file__).parent / "var" / "evidence",
        description="The folder for files kept as evidence: outside of what the web server serves, and in the"
        " backup.",
    )
    wording_help: Literal["FAST", "SMART"] = Field(
        default="FAST",
        description="By which letters the help with wording a target goes: FAST (frequent discussion,"
        " actionable steps, specific, timely) or SMART.",
    )
    workers: int = Field(default=2, gt=0, description="Server processes.")
    threads: int = Field(default=4, gt=0, description="Threads of each server process.")
    target_soon_days: int = Field(default=7, ge=0, description="Days ahead in which a target is due soon.")
    review_soon_days: int = Field(default=14, ge=0, description="Days ahead in which a review is due soon.")
    wall_refresh_seconds: int = Field(
        default=60, ge=5, le=600, description="Seconds after which a wall asks for its figures again."
    )
    wall_blank_minutes: int = Field(
        default=60, gt=0, description="Minutes without an answer after which a wall blanks to a clock."
    )
    wall_old_data_days: int = Field(
        default=5, gt=0, description="College days without any record after which a wall calls its data old."
    )
    wall_smallest_group: int = Field(
        default=5, ge=2, description="Groups of fewer learners are not shown on walls."
    )
    wall_nightly_reload: bool = Field(default=True, description="0 keeps a wall's page through the night.")
    agreeing_parties: str = Field(
        default="learner,tutor",
        pattern=r"^(learner|tutor|employer|parent|agency)(,(learner|tutor|employer|parent|agency))*$",
        description="Who has to agree to a plan: learner, tutor, employer, parent, agency, with commas.",
    )
    material_fields: str = Field(
        default="target:created,target:title,target:criteria,target:due_on,target:status,plan:destination",
        pattern=r"^(target|plan):[a-z_]+(,(target|plan):[a-z_]+)*$",
        description="The fields of a plan that are agreed: once one of them changes, everyone is asked to"
        " agree again. A target's status counts where it is agreed, withdrawn or taken up again.",
    )
    parents_of_minors: bool = Field(
        default=True,
        description="1 lets a parent or carer of a learner under 18 read the plan by a link without the"
        " learner's consent, as the college's privacy notice must then say; 0 asks for consent at any age.",
    )
    longest_link_days: int = Field(
        default=365, gt=0, description="Days for which a link to read one plan works at most."
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def base_address(self) -> str:
        """What links for people begin with."""
        return self.address or f"http://{self.host}:{self.port}"

    @property
    def database_is_given(self) -> bool:
        """Whether somebody named a database; the demo college loads only where nobody did or demo is set."""
        return "database_url" in self.model_fields_set
