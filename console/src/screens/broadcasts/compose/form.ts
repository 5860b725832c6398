import type { BroadcastDefinition, EmailVariant, Sender } from '@/api/generated'
import { type Language, languages } from '@/language/i18n'
import { fromMjml, type Letter, toMjml } from './letter'

/** One language of the form. With `mjml` the letter is written as source. */
export interface VariantForm extends Letter {
  subject: string
  preheader: string
  mjml: string | undefined
}

export interface ComposeForm {
  name: string
  segment: BroadcastDefinition['segment']
  fromName: string
  fromAddress: string
  defaultLanguage: Language
  variants: Record<Language, VariantForm>
}

const empty: VariantForm = {
  subject: '',
  preheader: '',
  text: '',
  buttonLabel: '',
  buttonUrl: '',
  mjml: undefined,
}

export function newForm(language: Language, sender: Sender | undefined): ComposeForm {
  return {
    name: '',
    segment: '',
    fromName: sender?.from_name ?? '',
    fromAddress: sender?.from_address ?? '',
    defaultLanguage: language,
    variants: { ja: empty, en: empty },
  }
}

export function formOf(definition: BroadcastDefinition): ComposeForm {
  const { template, sender } = definition
  return {
    name: definition.name,
    segment: definition.segment,
    fromName: sender.from_name ?? '',
    fromAddress: sender.from_address,
    defaultLanguage: template.default_language === 'ja' ? 'ja' : 'en',
    variants: {
      ja: variantFormOf(template.variants.ja, 'ja'),
      en: variantFormOf(template.variants.en, 'en'),
    },
  }
}

/** Returns the definition; what the form does not show stays as it was. */
export function definitionOf(form: ComposeForm, before?: BroadcastDefinition): BroadcastDefinition {
  const variants = { ...before?.template.variants }
  for (const language of languages) {
    const variant = form.variants[language]
    if (variant.subject) {
      variants[language] = {
        ...variants[language],
        subject: variant.subject,
        preheader: variant.preheader,
        mjml: variant.mjml ?? toMjml(variant, language),
      }
    } else delete variants[language]
  }
  return {
    ...before,
    name: form.name,
    segment: form.segment,
    sender: { ...before?.sender, from_name: form.fromName, from_address: form.fromAddress },
    template: { ...before?.template, variants, default_language: form.defaultLanguage },
  }
}

export function hasLetter(variant: VariantForm): boolean {
  return Boolean(variant.mjml ?? variant.text.trim())
}

/** Returns what keeps the form from being saved: a key of the texts, and the language it is about. */
export function problemOf(
  form: ComposeForm,
): { key: 'missing' } | { key: 'half'; language: Language } | undefined {
  const wanted = form.variants[form.defaultLanguage]
  const isComplete = form.name && form.segment && form.fromAddress && wanted.subject
  if (!isComplete || !hasLetter(wanted)) return { key: 'missing' }
  const half = languages.find((language) => {
    const variant = form.variants[language]
    return Boolean(variant.subject) !== hasLetter(variant)
  })
  return half && { key: 'half', language: half }
}

function variantFormOf(variant: EmailVariant | undefined, language: Language): VariantForm {
  if (!variant) return empty
  const { subject, preheader = '', mjml } = variant
  const letter = mjml ? fromMjml(mjml, language) : undefined
  return { ...empty, subject, preheader, ...letter, mjml: letter ? undefined : (mjml ?? '') }
}
