import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { listTopicsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useShop } from '@/app/session'
import { type Language, languages } from '@/language/i18n'
import { useLanguage } from '@/language/texts'
import { CopyButton } from './CopyButton'
import styles from './SendingPage.module.css'
import { formHtml } from './snippet'
import { useText } from './texts'
import { en, ja } from './words/consent'

// The form speaks its readers' language, not that of whoever makes it.
const words = { ja, en }

/** Puts a subscription form together, to copy into a page. */
export function FormSnippet() {
  const t = useText()
  const shop = useShop()
  const own = useLanguage()
  const [language, setLanguage] = useState<Language>(own)
  const [source, setSource] = useState('footer')
  const [left, setLeft] = useState<string[]>([])
  const offered = (useQuery(listTopicsOptions()).data ?? [])
    .filter((one) => !one.is_retired)
    .map(({ definition }) => definition)
  const nameIn = (one: (typeof offered)[number], of: Language) =>
    of === 'ja' ? one.name_ja : one.name_en
  const html = formHtml(
    shop.base_url,
    language,
    source,
    offered
      .filter(({ id }) => !left.includes(id))
      .map((one) => ({ id: one.id, name: nameIn(one, language) })),
    { email: words[language].form_email, button: words[language].form_button },
  )
  return (
    <div className={styles.stack}>
      <div className={styles.actions}>
        <NativeSelect
          label={t('form_language')}
          value={language}
          onChange={(event) => setLanguage(event.currentTarget.value as Language)}
          data={languages.map((value) => ({ value, label: t(`${value}_name`) }))}
        />
        <TextInput
          label={t('form_source')}
          description={t('form_source_note')}
          value={source}
          maxLength={100}
          onChange={(event) => setSource(event.currentTarget.value)}
        />
      </div>
      <fieldset className={styles.stack}>
        <legend>{t('form_topics')}</legend>
        {offered.length ? (
          offered.map((one) => (
            <Checkbox
              key={one.id}
              label={nameIn(one, own)}
              checked={!left.includes(one.id)}
              onChange={(event) =>
                setLeft(
                  event.currentTarget.checked
                    ? left.filter((id) => id !== one.id)
                    : [...left, one.id],
                )
              }
            />
          ))
        ) : (
          <p>{t('form_topics_none')}</p>
        )}
      </fieldset>
      <pre className={styles.snippet}>{html}</pre>
      <CopyButton text={html} label={`${t('copy')}: ${t('form')}`} />
    </div>
  )
}
