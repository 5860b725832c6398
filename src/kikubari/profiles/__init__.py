"""Who is who: identifiers, merging, traits with provenance, consent."""
