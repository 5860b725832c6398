"""Liquid and MJML rendering that records every fact it reads."""

from kikubari.decide.personalise.blocks.compare import (
    BlockChange,
    ChangeKind,
    compare_documents,
)
from kikubari.decide.personalise.blocks.contracts import (
    AnyBlock,
    Document,
    Footer,
    SavedBlock,
    fill_in,
    walk,
)
from kikubari.decide.personalise.compile import compile_email
from kikubari.decide.personalise.contracts import (
    UNKNOWN_LINEAGE,
    CompiledEmail,
    CompiledVariant,
    EmailTemplateSource,
    EmailVariant,
    Fact,
    Facts,
    FactUse,
    Lineage,
    LintReport,
    Missing,
    Part,
    Problem,
    Provenance,
    RenderedEmail,
    RenderSettings,
    Severity,
    Use,
    gather_facts,
)
from kikubari.decide.personalise.environment import liquid_environment
from kikubari.decide.personalise.errors import (
    RenderError,
    RenderLimitError,
    TemplateError,
    UnsafeTemplateError,
)
from kikubari.decide.personalise.links import rewrite_links, rewrite_pieces
from kikubari.decide.personalise.lint import lint_email
from kikubari.decide.personalise.render import render_email, render_email_in_pieces, render_text
from kikubari.decide.personalise.sandbox import (
    Done,
    Failed,
    FailureReason,
    SandboxError,
    SandboxLimits,
    SandboxPool,
)

__all__ = [
    "UNKNOWN_LINEAGE",
    "AnyBlock",
    "BlockChange",
    "ChangeKind",
    "CompiledEmail",
    "CompiledVariant",
    "Document",
    "Done",
    "EmailTemplateSource",
    "EmailVariant",
    "Fact",
    "FactUse",
    "Facts",
    "Failed",
    "FailureReason",
    "Footer",
    "Lineage",
    "LintReport",
    "Missing",
    "Part",
    "Problem",
    "Provenance",
    "RenderError",
    "RenderLimitError",
    "RenderSettings",
    "RenderedEmail",
    "SandboxError",
    "SandboxLimits",
    "SandboxPool",
    "SavedBlock",
    "Severity",
    "TemplateError",
    "UnsafeTemplateError",
    "Use",
    "compare_documents",
    "compile_email",
    "fill_in",
    "gather_facts",
    "lint_email",
    "liquid_environment",
    "render_email",
    "render_email_in_pieces",
    "render_text",
    "rewrite_links",
    "rewrite_pieces",
    "walk",
]
