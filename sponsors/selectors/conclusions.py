"""Conclusions of the committee on a day, and how the tasks stand that were made of them."""

from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import QuerySet

from ntm_tracker.core.choices import DocumentKind
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Document
from ntm_tracker.core.paging import page_of, rows_on
from sponsors.choices import TaskState
from sponsors.models import Task
from sponsors.rules import Reader
from sponsors.selectors.assignments import TaskSums, task_sums
from sponsors.selectors.task_filters import PAGE_SIZE
from sponsors.selectors.tasks import TaskRow, ordered, rows_of, visible_tasks


@dataclass(frozen=True)
class ConclusionRow:
    """A conclusion with the reader's tasks of it."""

    document: Document
    tasks: TaskSums


@dataclass(frozen=True)
class ConclusionPage:
    """One conclusion with one page of the reader's tasks."""

    document: Document
    sums: TaskSums
    page: Page
    rows: tuple[TaskRow, ...]


def visible_conclusions(user: Reader, as_of: AsOf) -> QuerySet[Document]:
    """The conclusions issued by the day: all for who sees the whole province, for the others those
    from which they have a task."""
    rows = Document.objects.filter(kind=DocumentKind.CONCLUSION, issued_on__lte=as_of.date)
    if user.sees_all_sponsors:
        return rows
    mine = Task.objects.visible_to(user).filter(assigned_on__lte=as_of.date)
    return rows.filter(pk__in=mine.order_by().values("document"))


def conclusion_list(
    user: Reader, as_of: AsOf, number: int | None = 1
) -> tuple[Page, list[ConclusionRow]]:
    """One page of conclusions, the latest first, with the reader's tasks: three queries."""
    page = page_of(
        visible_conclusions(user, as_of).order_by("-issued_on", "-pk"), number, PAGE_SIZE
    )
    documents = list(page.object_list)
    tasks = visible_tasks(user, as_of).filter(document__in=documents)
    sums = task_sums(tasks, as_of.date, "document_id")
    return page, [ConclusionRow(row, sums.get((row.pk,), TaskSums())) for row in documents]


def conclusion_page(user: Reader, document: Document, as_of: AsOf, number: int) -> ConclusionPage:
    """One conclusion with a page of the reader's tasks in the order of the task list."""
    tasks = visible_tasks(user, as_of).filter(document=document)
    sums = task_sums(tasks, as_of.date, "document_id")
    live = ordered(tasks.exclude(state_on=TaskState.CANCELLED), as_of.date)
    page = page_of(live, number, PAGE_SIZE)
    rows = rows_of(live[rows_on(page)], user, as_of)
    return ConclusionPage(document, sums.get((document.pk,), TaskSums()), page, tuple(rows))
