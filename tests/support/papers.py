"""Signed papers for tests: certificates of a made-up authority, one-page PDFs, and signatures on them by pyHanko."""

import asyncio
import datetime as dt
import hashlib
import io
import re
from dataclasses import dataclass
from functools import cache

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field
from pyhanko_certvalidator.registry import SimpleCertificateStore

BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ENDS = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Authority:
    """A root and whom it certifies."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def digest(self) -> str:
        return "sha256:" + self.certificate.fingerprint(hashes.SHA256()).hex()

    def certify(
        self, name: str, *, until: dt.datetime = ENDS, purpose: ObjectIdentifier | None = None
    ) -> signers.SimpleSigner:
        """A signer under this root; for a purpose such as time-stamping with an RSA key, which pyHanko's service wants."""
        key = rsa.generate_private_key(65537, 2048) if purpose else ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name)).issuer_name(self.certificate.subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(BEGAN).not_valid_after(until)
            .add_extension(usage, critical=True)
        )  # fmt: skip
        if purpose is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        made = builder.sign(self.key, hashes.SHA256())
        return signers.SimpleSigner(
            signing_cert=_asn1(made), signing_key=_asn1_key(key), cert_registry=SimpleCertificateStore.from_certs([])
        )


@cache
def an_authority(name: str = "Test Root") -> Authority:
    """The root of this name, the same one throughout a test run."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(name)).issuer_name(_name(name)).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(BEGAN).not_valid_after(ENDS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return Authority(certificate=made, key=key)


def a_pdf(text: str = "I agree.", *, forms: bool = False) -> bytes:
    """One page that shows the text; with a field to fill in, where asked."""
    writer, out = PdfFileWriter(), io.BytesIO()
    font = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Font"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Type1"),
            generic.pdf_name("/BaseFont"): generic.pdf_name("/Helvetica"),
        }
    )
    content = RawContent(f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode(), box=BoxConstraints(width=300, height=200))
    stream = writer.add_object(generic.StreamObject(stream_data=content.render()))
    page = PageObject(contents=stream, media_box=(0, 0, 300, 200))
    page["/Resources"] = generic.DictionaryObject(
        {generic.pdf_name("/Font"): generic.DictionaryObject({generic.pdf_name("/F1"): writer.add_object(font)})}
    )
    writer.insert_page(page)
    if forms:
        _add_text_field(writer)
    writer.write(out)
    return out.getvalue()


def _add_text_field(writer: PdfFileWriter) -> None:
    field = generic.DictionaryObject(
        {
            generic.pdf_name("/FT"): generic.pdf_name("/Tx"),
            generic.pdf_name("/T"): generic.pdf_string("Fee"),
            generic.pdf_name("/V"): generic.pdf_string("100"),
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Widget"),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (20, 20, 120, 40))),
        }
    )
    reference = writer.add_object(field)
    writer.root["/AcroForm"] = generic.DictionaryObject({generic.pdf_name("/Fields"): generic.ArrayObject([reference])})
    writer.root["/Pages"]["/Kids"][0]["/Annots"] = generic.ArrayObject([reference])


def signed(
    data: bytes, signer: signers.SimpleSigner, field: str = "Person", *, certify: MDPPerm | None = None, stamper=None
) -> bytes:
    """The file with one more signature."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    append_signature_field(writer, SigFieldSpec(field))
    told = {"certify": True, "docmdp_permissions": certify} if certify is not None else {}
    meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256", **told)
    return signers.sign_pdf(writer, meta, signer=signer, timestamper=stamper).getvalue()


def filled_in(data: bytes, value: str) -> bytes:
    """The file with another value in its field, as an incremental update."""
    writer, out = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    for reference in writer.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        if field.get("/T") == "Fee":
            field["/V"] = generic.pdf_string(value)
            writer.mark_update(reference)
    writer.write(out)
    return out.getvalue()


def repainted(data: bytes, text: str) -> bytes:
    """The file with another text on its page, as an incremental update."""
    writer, out = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    page = writer.root["/Pages"]["/Kids"][0]
    shown = generic.StreamObject(stream_data=f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode())
    page["/Contents"] = writer.add_object(shown)
    writer.update_container(page)
    writer.write(out)
    return out.getvalue()


def signed_in_part(data: bytes, signer: signers.SimpleSigner) -> bytes:
    """The file with a signature that holds, over its first hundred bytes and its end only."""
    whole = bytearray(signed(data, signer))
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", whole)
    before, after, rest = (int(number) for number in found.groups())
    part = b"/ByteRange [0 100 %d %d" % (after, rest)
    whole[found.start() : found.end()] = part.ljust(found.end() - found.start() - 1) + b"]"
    covered = hashlib.sha256(whole[:100] + whole[after : after + rest]).digest()
    contents = asyncio.run(signer.async_sign(data_digest=covered, digest_algorithm="sha256")).dump().hex().encode()
    whole[before + 1 : after - 1] = contents.ljust(after - before - 2, b"0")
    return bytes(whole)


def without_fields(data: bytes) -> bytes:
    """The file whose form is taken away by an incremental update: a reader shows no signature any more."""
    writer, out = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    del writer.root["/AcroForm"]
    writer.update_root()
    writer.write(out)
    return out.getvalue()


def stamper(at: dt.datetime, authority: Authority | None = None) -> timestamps.DummyTimeStamper:
    """A time-stamping service of the authority, whose clock stands still."""
    one = (authority or an_authority()).certify("Time stamps", purpose=ExtendedKeyUsageOID.TIME_STAMPING)
    return timestamps.DummyTimeStamper(
        tsa_cert=one.signing_cert, tsa_key=one.signing_key, certs_to_embed=one.cert_registry, fixed_dt=at
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _asn1_key(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(
        key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
