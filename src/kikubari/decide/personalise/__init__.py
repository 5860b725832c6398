"""Liquid and MJML rendering that records every fact it reads."""

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
from kikubari.decide.personalise.links import rewrite_links
from kikubari.decide.personalise.lint import lint_email
from kikubari.decide.personalise.render import render_email, render_text
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
    "CompiledEmail",
    "CompiledVariant",
    "Done",
    "EmailTemplateSource",
    "EmailVariant",
    "Fact",
    "FactUse",
    "Facts",
    "Failed",
    "FailureReason",
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
    "Severity",
    "TemplateError",
    "UnsafeTemplateError",
    "Use",
    "compile_email",
    "gather_facts",
    "lint_email",
    "liquid_environment",
    "render_email",
    "render_text",
    "rewrite_links",
]
