"""What a validator says of a signed paper."""

import io
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from fakes.certificates import Issued


async def verdict(pdf: bytes, trusted: Issued) -> Any:
    """pyHanko's status of the only signature, with this authority as the only one trusted."""
    root = x509.Certificate.load(trusted.certificate.public_bytes(Encoding.DER))
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    return await async_validate_pdf_signature(signature, signer_validation_context=context)
