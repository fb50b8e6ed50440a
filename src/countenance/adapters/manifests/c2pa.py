"""C2PA through the SDK: sealing files, and reading what manifests say.

SDK objects are single-threaded and must not cross a fork, so every call makes its own and closes them.
"""

import io
import re
from dataclasses import dataclass

from c2pa import Builder, C2paError, Context

from countenance.adapters.manifests import identity, parents, reading, settings
from countenance.errors import CountenanceError, SealError
from countenance.manifest import labels
from countenance.manifest.ports import CertifiedKey, ManifestDraft, ManifestReading, SealedAsset, Trust

_SDK = "0.91.3"
"""The settings model changed in a patch release once: upgrade only through the attack suite."""
_NOBODY = Trust(claim_pem="")


@dataclass(frozen=True, slots=True)
class C2paReader:
    """Reads manifests: one Reader a trust question, nothing fetched."""

    def read(
        self, data: bytes, media_type: str, trust: Trust, *, manifest: bytes | None = None
    ) -> ManifestReading | None:
        """What the embedded (or given) manifest says; None where there is none.

        Raises:
            EvidenceError: bytes that pretend to be a picture with a manifest and cannot be read.
            ConfigError: anchors that are no certificates.
        """
        return reading.read(data, media_type, trust, manifest)


@dataclass(frozen=True, slots=True)
class C2paSealer:
    """Signs drafts: the claim with the organisation's key, the identity assertion with the operator's."""

    claim: CertifiedKey
    operator: CertifiedKey
    tsa_url: str | None

    def seal(
        self,
        encoded: bytes,
        media_type: str,
        draft: ManifestDraft,
        *,
        parent: bytes,
        parent_type: str,
        component: tuple[bytes, str] | None = None,
    ) -> SealedAsset:
        """Sign, read back, and return the sealed bytes and the manifest store.

        Raises:
            SealError: a key refused, the time-stamp authority cannot be reached, or the result does not hold.
        """
        definition, ingredients = parents.prepare_all(draft.definition, (parent, parent_type), component)
        out = io.BytesIO()
        with identity.joined(self.claim, self.operator, draft.referenced, tsa_url=self.tsa_url) as (signer, causes):
            try:
                with (
                    Context.from_dict(settings.for_signing()) as context,
                    Builder(definition, context) as builder,
                ):
                    for one in ingredients:
                        builder.add_ingredient_from_stream(one.entry, one.media_type, io.BytesIO(one.data))
                    manifest = builder.sign(signer, media_type, io.BytesIO(encoded), out)
            except C2paError as error:
                raise causes.explain() or self._plain(error) from (causes.found[0] if causes.found else error)
        return SealedAsset(
            data=out.getvalue(),
            media_type=media_type,
            manifest=manifest,
            manifest_id=_check(out.getvalue(), media_type, draft),
        )

    def _plain(self, error: C2paError) -> SealError:
        said = str(error)
        if self.tsa_url and re.search("time.?stamp|http|connect|transport", said, re.IGNORECASE):
            return SealError(
                "the time-stamp authority did not answer", hint="check --tsa-url, or seal without a time-stamp"
            )
        return SealError(
            f"the manifest could not be signed: {said.splitlines()[0][:200].lower() if said else 'unknown'}"
        )


def build() -> C2paReader:
    """The manifest reader.

    Raises:
        SealError: another SDK version than the pinned one.
    """
    identity.require_sdk(_SDK)
    return C2paReader()


def build_sealer(claim_signer: CertifiedKey, identity_signer: CertifiedKey, tsa_url: str | None = None) -> C2paSealer:
    """A sealer for one operator.

    Raises:
        SealError: another SDK version than the pinned one.
    """
    identity.require_sdk(_SDK)
    return C2paSealer(claim_signer, identity_signer, tsa_url)


def _check(sealed: bytes, media_type: str, draft: ManifestDraft) -> str:
    """Our own work, read back from the bytes: the manifest's id, or SealError."""
    try:
        found = reading.read(sealed, media_type, _NOBODY, None)
    except CountenanceError as error:
        raise SealError(f"the sealed file does not verify: {error.message}") from error
    if found is None:
        raise SealError("the sealed file does not verify: no manifest in it")
    signed = found.identity.referenced if found.identity and found.identity.valid else ()
    problems = {
        "data hash": not found.data_hash_matches,
        "signature": not found.signature_valid or bool(found.failures),
        "claim signer's certificate": not found.claim_eku,
        "operator's references": not {*draft.referenced, labels.HASH_DATA} <= set(signed),
        "padding": not found.pad_is_zero,
        "thumbnail": found.thumbnails,
        "parent": not found.parent_labelled,
    }
    wrong = [name for name, bad in problems.items() if bad]
    if wrong:
        raise SealError(f"the sealed file does not verify: {', '.join(wrong)}")
    return found.manifest_id
