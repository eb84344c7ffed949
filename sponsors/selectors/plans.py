"""The templates of plans with their steps."""

from dataclasses import dataclass

from sponsors.choices import Pace
from sponsors.models import PlanTemplate, PlanTemplateStep


@dataclass(frozen=True)
class StepLine:
    """One step in words."""

    when: str
    title: str
    owner: str
    criterion_number: int | None


@dataclass(frozen=True)
class PlanLine:
    """A template with its steps in their order."""

    template: PlanTemplate
    steps: tuple[StepLine, ...]


def plan_templates() -> list[PlanLine]:
    """Every template by name: two queries."""
    templates = PlanTemplate.objects.prefetch_related("steps").order_by("name", "pk")
    return [
        PlanLine(template, tuple(_line(step) for step in template.steps.all()))
        for template in templates
    ]


def _line(step: PlanTemplateStep) -> StepLine:
    unit = "Tuần" if step.pace == Pace.WEEK else "Tháng"
    first, last = step.starts_after + 1, step.starts_after + step.lasts
    when = f"{unit} {first}" if first == last else f"{unit} {first}–{last}"
    return StepLine(when, step.title, step.get_owner_display(), step.criterion_number)
