"""Order reports of eBay, Etsy and Walmart as they are downloaded, with their oddities."""

import io
import zipfile
from xml.sax.saxutils import escape

EBAY_HEADER = (
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Buyer Note,Ship To Name,Ship To Phone,"
    "Ship To City,Ship To State,Ship To Zip,Ship To Country,Item Number,Item Title,Custom Label,"
    "Sold Via Promoted Listings,Quantity,Sold For,Shipping And Handling,Total Price,Payment Method,Sale Date,"
    "Paid On Date,Shipped On Date,Tracking Number,Transaction ID,Variation Details"
)
EBAY_ONE = (
    '"101","12-34567-89012","buyer_1","Smith, Pat","pat@members.ebay.com","","Pat Smith","555 123 4567","Portland","OR",'
    '"97205","United States","335001234567","Kettle, ""gooseneck""","BB-KET-09","No","1","$45.99","$12.00","$57.99",'
    '"PayPal","Nov-10-26","Nov-10-26","Nov-11-26","1Z999","2857301",""'
)
EBAY_TOTALS = (
    '"102","13-34567-89013","buyer_2","Lee, Ann","","","Ann Lee","","Salem","OR","97301","United States","","","","",'
    '"3","$1,463.66","$0.00","$1,463.66","PayPal","Nov-12-26","Nov-12-26","","","",""'
)
EBAY_PART = (
    '"102","13-34567-89013","","","","","","","","","","","{item}","{title}","{sku}","No","{pieces}","{price}","","","",'
    '"{sold}","","","","285730{pieces}",""'
)
EBAY_FIRST = EBAY_PART.format(item="335001234567", title="Kettle", sku="BB-KET-09", pieces=2, price="$15.00", sold="")
EBAY_SECOND = EBAY_PART.format(
    item="335001234599", title="Machine", sku="BB-MAC-01", pieces=1, price="$1,433.66", sold="Nov-12-26"
)
EBAY_END = ["", "2,record(s) downloaded, from Nov-01-26 to Nov-20-26", "Seller ID : brew-bloom", ""]
GERMAN_HEADER = (
    "Verkaufsprotokollnummer;Bestellnummer;Nutzername des Käufers;Name des Käufers;Versand an PLZ;Versand an Land;"
    "Artikelnummer;Angebotstitel;Bestandseinheit;Anzahl;Verkauft für;Gesamtbetrag;Verkauft am;Zahlungsdatum;"
    "Verschickt am - Datum"
)
GERMAN_ONE = (
    "1;23-12345-12345;kaeufer;--;10115;Deutschland;335001234567;Kessel 0,9 l;BB-KET-09;1;116,99 €;1.116,99 €;"
    "10-Okt-26;10-Okt-26;11-Okt-26"
)
ETSY_ORDERS = (
    "Sale Date,Order ID,Buyer User ID,Full Name,First Name,Last Name,Number of Items,Payment Method,Date Shipped,"
    "Street 1,Ship City,Ship State,Ship Zipcode,Ship Country,Currency,Order Value,Order Total,Status,Buyer,SKU"
)
ETSY_ORDER = (
    '11/10/26,3012345678,ann77,"Ann Lee",Ann,Lee,2,cc,{shipped},"5, Kings Road",Portland,OR,97205,United States,USD,'
    '"{total}","{total}",{status},"Ann Lee (ann77)","BB-KET-09,BB-FIL-100"'
)
ETSY_ITEMS = (
    "Sale Date,Item Name,Buyer,Quantity,Price,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,"
    "Ship Name,Ship Zipcode,Ship Country,Order ID,Variations,Order Type,SKU"
)
ETSY_KETTLE = (
    '11/10/26,"Pour-over kettle","Ann Lee (ann77)",1,49.95,49.95,USD,401,1234567890,11/10/26,,Ann Lee,97205,'
    "United States,3012345678,,online,BB-KET-09"
)
ETSY_FILTERS = (
    ETSY_KETTLE.replace("Pour-over kettle", "Filters")
    .replace("49.95,49.95", "5.00,10.00")
    .replace("1234567890", "1234567899")
    .replace("BB-KET-09", "BB-FIL-100")
)
WALMART_HEADER = (
    "PO#,Order#,Order Date,Ship By,Customer Name,Customer Shipping Address,Zip,Line#,UPC,Status,Item Description,Qty,"
    "SKU,Item Cost,Carrier,Tracking Number"
)
WALMART_ROW = (
    '{po},{order},{day},2026-11-14,Ann Lee,"Ann Lee, 5 Kings Road, Portland, OR 97205",97205,{line},0123,{status},'
    "Pour-over kettle,1,{sku},49.95,FedEx,7777"
)


def ebay(*rows: str, above: tuple[str, ...] = (",,,",), end: list[str] | None = None, code: str = "utf-8-sig") -> bytes:
    """Return an American report: a line of commas, the header, an empty row, the rows, the trailer."""
    width = EBAY_HEADER.count(",")
    header = ",".join(f'"{name}"' for name in EBAY_HEADER.split(","))
    lines = [*above, header, "," * width, *rows, *(EBAY_END if end is None else end)]
    return "\r\n".join(lines).encode(code)


def german(*rows: str, code: str = "utf-8-sig") -> bytes:
    """Return a German report."""
    lines = [";;;", GERMAN_HEADER, "", *rows, "", "1;Datensätze heruntergeladen", "Verkäufer-ID : brew-bloom"]
    return "\n".join(lines).encode(code)


def etsy_orders(*, shipped: str = "", total: str = "63.95", status: str = "") -> bytes:
    """Return Etsy's "Orders" with one order."""
    return f"{ETSY_ORDERS}\n{ETSY_ORDER.format(shipped=shipped, total=total, status=status)}\n".encode()


def etsy_items(*rows: str) -> bytes:
    """Return Etsy's "Order Items"."""
    return "\n".join([ETSY_ITEMS, *(rows or (ETSY_KETTLE, ETSY_FILTERS)), ""]).encode()


def walmart_row(
    po: str = "108800000000001",
    order: str = "200012345678901",
    *,
    day: str = "2026-11-10",
    line: int = 1,
    status: str = "Shipped",
    sku: str = "BB-KET-09",
) -> str:
    """Return one line of Walmart's CSV."""
    return WALMART_ROW.format(po=po, order=order, day=day, line=line, status=status, sku=sku)


def walmart(*rows: str) -> bytes:
    """Return Walmart's CSV."""
    return "\n".join([WALMART_HEADER, *rows, ""]).encode()


STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd;@"/></numFmts><cellXfs count="3"><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="Hidden" sheetId="1" state="hidden" r:id="rId9"/><sheet name="Po Details" sheetId="2" r:id="rId1"/>'
    "</sheets></workbook>"
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="t" Target="worksheets/sheet1.xml"/></Relationships>'
)


def cell(value: object, place: str = "") -> str:
    """Return a cell: a text (inline), a number, or XML as it is (what begins with <)."""
    name = f' r="{place}"' if place else ""
    if isinstance(value, str) and value.startswith("<c"):
        return value
    if isinstance(value, str):
        return f'<c{name} t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""
    return f"<c{name}><v>{value}</v></c>"


def workbook(*rows: list[object], shared: list[str] | None = None, **parts: bytes) -> bytes:
    """Return a workbook with these rows; `parts` replaces or adds parts by name (with `__` for `/`)."""
    lines = [
        f'<row r="{number}">' + "".join(cell(value, f"{chr(65 + n)}{number}") for n, value in enumerate(row)) + "</row>"
        for number, row in enumerate(rows, 1)
    ]
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{''.join(lines)}</sheetData></worksheet>"
    )
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared or [])
    files: dict[str, bytes] = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": BOOK.encode(),
        "xl/_rels/workbook.xml.rels": LINKS.encode(),
        "xl/styles.xml": STYLES.encode(),
        "xl/sharedStrings.xml": f"<sst>{texts}</sst>".encode(),
        "xl/worksheets/sheet1.xml": sheet.encode(),
    }
    files |= {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
