"""Workbooks for tests: made by XlsxWriter, or from hand-written XML for what no writer writes."""

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

import xlsxwriter

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": f'{HEAD}<Relationships><Relationship Id="r1" Type="{LINKS}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships><Relationship Id="r1" Type="{LINKS}/worksheet" '
    f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{LINKS}/sharedStrings" '
    f'Target="/xl/sharedStrings.xml"/><Relationship Id="r3" Type="{LINKS}/styles" Target="styles.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
    '<sheet name="Guests" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}"><si><t>E-Mail</t></si><si><t>Name</t></si></sst>',
    "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="22"/></cellXfs></styleSheet>',
}


def written(fill: Callable[[xlsxwriter.Workbook], object], **options: object) -> bytes:
    """Return the workbook that `fill` fills."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, options) as workbook:
        fill(workbook)
    return file.getvalue()


def table(*rows: tuple[object, ...]) -> bytes:
    """Return a workbook of one sheet with these rows."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return written(fill)


def packed(rows: str = "", parts: Mapping[str, str | bytes | None] | None = None, behind: str = "") -> bytes:
    """Return a workbook whose sheet has these `<row>` elements, with other parts replaced, or left out if `None`."""
    sheet = f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{behind}</worksheet>'
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**PARTS, "xl/worksheets/sheet1.xml": sheet, **(parts or {})}.items():
            if content is not None:
                archive.writestr(name, content)
    return file.getvalue()
