import { Textarea, TextInput } from '@mantine/core'
import type { Language } from '@/language/i18n'
import styles from './ComposeForm.module.css'
import type { VariantForm } from './form'
import { useText } from './texts'

const examples: Record<Language, string> = {
  ja: '{{ customer | honorific }}',
  en: "{{ customer.first_name | default: 'there' }}",
}

interface Props {
  language: Language
  value: VariantForm
  onChange: (value: VariantForm) => void
}

/** Subject and letter in one language. */
export function VariantFields({ language, value, onChange }: Props) {
  const t = useText()
  const change = (some: Partial<VariantForm>) => onChange({ ...value, ...some })
  return (
    <>
      <TextInput
        label={t('subject')}
        lang={language}
        value={value.subject}
        onChange={(event) => change({ subject: event.currentTarget.value })}
      />
      <TextInput
        label={t('preheader')}
        description={t('preheader_note')}
        lang={language}
        value={value.preheader}
        onChange={(event) => change({ preheader: event.currentTarget.value })}
      />
      {value.mjml === undefined ? (
        <LetterFields language={language} value={value} change={change} />
      ) : (
        <Textarea
          label={t('source')}
          description={t('source_note', { example: '{{ unsubscribe_url }}' })}
          rows={18}
          spellCheck={false}
          value={value.mjml}
          onChange={(event) => change({ mjml: event.currentTarget.value })}
        />
      )}
    </>
  )
}

interface LetterProps {
  language: Language
  value: VariantForm
  change: (some: Partial<VariantForm>) => void
}

function LetterFields({ language, value, change }: LetterProps) {
  const t = useText()
  return (
    <>
      <Textarea
        label={t('text')}
        description={t('text_note', { example: examples[language] })}
        lang={language}
        rows={10}
        value={value.text}
        onChange={(event) => change({ text: event.currentTarget.value })}
      />
      <div className={styles.pair}>
        <TextInput
          label={t('button_label')}
          lang={language}
          value={value.buttonLabel}
          onChange={(event) => change({ buttonLabel: event.currentTarget.value })}
        />
        <TextInput
          label={t('button_url')}
          type="url"
          value={value.buttonUrl}
          onChange={(event) => change({ buttonUrl: event.currentTarget.value })}
        />
      </div>
    </>
  )
}
