"""Any condition tree in plain Japanese and English, for people who do not read JSON."""

from kikubari.segments.explanation.clauses import Term as Term
from kikubari.segments.explanation.clauses import as_term as as_term
from kikubari.segments.explanation.contracts import LANGUAGES as LANGUAGES
from kikubari.segments.explanation.contracts import Explanation as Explanation
from kikubari.segments.explanation.contracts import Language as Language
from kikubari.segments.explanation.contracts import Line as Line
from kikubari.segments.explanation.contracts import Titles as Titles
from kikubari.segments.explanation.describe import Explainer as Explainer
