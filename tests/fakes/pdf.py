"""What a reader finds in a PDF, by PDFium: not the library that wrote it."""

import unicodedata

import pypdfium2 as pdfium


def pages(pdf: bytes) -> list[str]:
    document = pdfium.PdfDocument(pdf)
    try:
        return [_page(document, number) for number in range(len(document))]
    finally:
        document.close()


def words(pdf: bytes) -> list[str]:
    return " ".join(pages(pdf)).split()


def metadata(pdf: bytes) -> dict[str, str]:
    document = pdfium.PdfDocument(pdf)
    try:
        return {key: value for key, value in document.get_metadata_dict().items() if value}
    finally:
        document.close()


def _page(document: pdfium.PdfDocument, number: int) -> str:
    page = document[number]
    text = page.get_textpage()
    try:
        return unicodedata.normalize("NFC", text.get_text_range())
    finally:
        text.close()
        page.close()
