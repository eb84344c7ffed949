"""The written report of a month: sentences and annexes of the same rows as the workbook."""
