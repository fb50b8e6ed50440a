"""The names that stand in a manifest: labels, parameters, usages and vocabulary terms."""

PREFIX = "org.countenance"

ACTIONS = "c2pa.actions.v2"
INGREDIENT = "c2pa.ingredient.v3"
SECOND_INGREDIENT = "c2pa.ingredient.v3__1"
SOFT_BINDING = "c2pa.soft-binding"
SECOND_SOFT_BINDING = "c2pa.soft-binding__1"
WATERMARK_PREFIX = f"{PREFIX}.mark."
TRUSTMARK_PREFIX = "com.adobe.trustmark."
"""Of the other kind of mark that is written here: the name that its own tools use, with the variant's letter."""
FINGERPRINT_PREFIX = f"{PREFIX}.phash"
GRID_PRINT = f"{PREFIX}.grid.1"
HASH_DATA = "c2pa.hash.data"
RECEIPT = f"{PREFIX}.consent-receipt"
TRAINING_MINING = "cawg.training-mining"
IDENTITY = "cawg.identity"
EDITOR_ROLE = "cawg.editor"

PARENT = "parent"
"""The ingredient's name inside the draft, by which `c2pa.opened` refers to it."""
REFERENCE = "reference"
"""The same for the picture that was borrowed from, to which `c2pa.placed` refers."""

OPENED = "c2pa.opened"
PLACED = "c2pa.placed"
EDITED = "c2pa.edited"
ADDED_TEXT = "c2pa.addedText"
WATERMARKED = "c2pa.watermarked.bound"

EDIT_ID = f"{PREFIX}.edit_id"
AU = f"{PREFIX}.au"
RECIPE = f"{PREFIX}.recipe_sha256"
MEASURED = f"{PREFIX}.measured_sha256"
SOURCE = f"{PREFIX}.source_sha256"
MARKING_ID = f"{PREFIX}.marking_id"
INPUT_MARK = f"{PREFIX}.input_mark"
INPUT_MARK_READABLE = f"{PREFIX}.input_mark_readable"
INPUT_MARK_ALGORITHM = f"{PREFIX}.input_mark_algorithm"
INPUT_MARKS_BESIDE = f"{PREFIX}.input_marks_beside"
PURPOSE = f"{PREFIX}.purpose"
APPROVALS = f"{PREFIX}.approvals"
OPERATOR = f"{PREFIX}.operator"
PARENT_MANIFEST = f"{PREFIX}.parent_manifest"
ENGINE = f"{PREFIX}.engine"
ENGINE_VERSION = f"{PREFIX}.engine_version"
WATERMARK = f"{PREFIX}.watermark"
LABEL = f"{PREFIX}.label"
WEIGHTS = f"{PREFIX}.weights"

MARKED_ALONE = (ACTIONS, INGREDIENT, SOFT_BINDING, SECOND_SOFT_BINDING)
"""What the operator signs of a picture that was only marked, besides the hard binding, which every identity covers."""
REFERENCED = (*MARKED_ALONE, RECEIPT)
"""The same of an edit."""

EKU_CLAIM_SIGNING = "1.3.6.1.4.1.62558.2.1"
EKU_EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4"
EKU_TIME_STAMPING = "1.3.6.1.5.5.7.3.8"

_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
COMPOSITE_SYNTHETIC = _IPTC + "compositeSynthetic"
COMPOSITE_WITH_TRAINED = _IPTC + "compositeWithTrainedAlgorithmicMedia"

DIGITAL_SOURCE_TYPES = frozenset({COMPOSITE_SYNTHETIC, COMPOSITE_WITH_TRAINED, _IPTC + "trainedAlgorithmicMedia"})
"""The IPTC terms that say that content was altered by synthesis: an edited expression is declared as one of these.

The C2PA SDK accepts any text here, so it is checked by us. `algorithmicallyEnhanced` means "without changing the main
content", and is wrong for expressions.
"""

_PLUS = "http://ns.useplus.org/ldf/vocab/"
PLUS_LIMITED_RELEASE = _PLUS + "MR-LMR"
PLUS_AGE_UNKNOWN = _PLUS + "AG-UNK"
PLUS_MINING_PROHIBITED = _PLUS + "DMI-PROHIBITED"


def more_bindings(count: int) -> tuple[str, ...]:
    """The labels of soft bindings beyond the first two, of as many as there are."""
    return tuple(f"{SOFT_BINDING}__{number}" for number in range(2, count))
