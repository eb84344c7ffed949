"""How a cell of the matrix is drawn: the class gives sign and colour, the label the word."""

from criteria.choices import Cell

CELL_SIGN = {
    Cell.MET_SELF: "m1",
    Cell.MET_VERIFIED: "m2",
    Cell.MET_APPRAISED: "m3",
    Cell.NOT_MET_SELF: "x1",
    Cell.NOT_MET_VERIFIED: "x2",
    Cell.NOT_MET_APPRAISED: "x3",
    Cell.OVERDUE_SELF: "l1",
    Cell.OVERDUE_VERIFIED: "l2",
    Cell.OVERDUE_APPRAISED: "l3",
    Cell.NOT_APPLICABLE: "na",
    Cell.RETURNED: "re",
    Cell.OVERDUE_RETURNED: "rl",
    Cell.UNREPORTED: "no",
    Cell.OVERDUE_UNREPORTED: "nl",
}
# Regions and groups of communes by which thresholds differ, as the decisions call them.
GROUP_WORDS = {
    "": "",
    "bac_trung_bo": "Bắc Trung Bộ",
    "nhom_1": "Xã nhóm 1",
    "nhom_2": "Xã nhóm 2",
    "nhom_3": "Xã nhóm 3",
}
