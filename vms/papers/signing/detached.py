"""Signatures over files that are no papers: CAdES (ETSI EN 319 122-1, detached) and time stamps (RFC 3161). Blocks; own event loop."""

import asyncio
import hashlib

import aiohttp
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError

from vms.papers.signing.fault import SigningFault
from vms.papers.signing.keys import Keyholder
from vms.papers.signing.signer import check_certificate

_ANSWERS_WITHIN_S = 15


def sign_detached(data: bytes, key: Keyholder, at_ms: int, authority: str = "") -> bytes:
    """The signature as DER, with a time stamp in it when an `authority` (its address) is given. Raises `SigningFault`."""
    with key.signer() as signer:
        check_certificate(signer, at_ms)
        try:
            return asyncio.run(_sign(data, signer, authority))
        except (SigningError, TimestampRequestError) as error:
            raise SigningFault(f"The manifest cannot be signed: {error}.") from error


def time_stamp(data: bytes, authority: str) -> bytes:
    """The authority's token over the SHA-256 of `data`, as DER. Raises `SigningFault`."""
    try:
        return asyncio.run(_stamp(hashlib.sha256(data).digest(), authority))
    except (TimestampRequestError, SigningError) as error:
        raise SigningFault(f"The time-stamp authority gives no time stamp: {error}.") from error


async def _sign(data: bytes, signer: object, authority: str) -> bytes:
    async with aiohttp.ClientSession() as session:
        stamper = HTTPTimeStamper(authority, timeout=_ANSWERS_WITHIN_S, session=session) if authority else None
        signed = await signer.async_sign_general_data(  # type: ignore[attr-defined]  # what pyHanko's signers all have
            data, "sha256", detached=True, use_cades=True, timestamper=stamper
        )
    return bytes(signed.dump())


async def _stamp(digest: bytes, authority: str) -> bytes:
    async with aiohttp.ClientSession() as session:
        stamper = HTTPTimeStamper(authority, timeout=_ANSWERS_WITHIN_S, session=session)
        return bytes((await stamper.async_timestamp(digest, "sha256")).dump())
