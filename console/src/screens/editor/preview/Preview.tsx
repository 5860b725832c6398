import { Button } from '@mantine/core'
import {
  IconContrast,
  IconDeviceDesktop,
  IconDeviceMobile,
  IconMoon,
  IconSun,
  IconTextSize,
} from '@tabler/icons-react'
import { useState } from 'react'
import type { DraftPreview, PersonLine } from '@/api/generated'
import { EmptyState, ErrorState, Loading } from '@/design'
import type { Language } from '@/language/i18n'
import { useReason } from '../../broadcasts/state'
import { useText } from '../check/texts'
import { Choice } from '../panel/fields'
import { useEditor } from '../state/editor'
import { type Look, MailView } from './MailView'
import styles from './preview.module.css'
import { ReaderPicker, usePeople } from './ReaderPicker'
import { SizeMeter } from './SizeMeter'
import { usePreview } from './usePreview'

type View = 'mobile' | 'desktop' | 'text'
const phonePixels = 390
const deskPixels = 720

/** The message as one person would get it, made anew as it is written. */
export default function Preview({ language }: { language: Language }) {
  const t = useText()
  const { definition } = useEditor()
  const [chosen, setChosen] = useState<PersonLine>()
  const [forced, setForced] = useState<Language>()
  const first = usePeople(definition.segment, '')
  const reader = chosen ?? first.data?.people[0]
  const preview = usePreview(definition, reader?.id, forced && language)
  if (first.data && !reader) {
    return <EmptyState title={t('nobody')}>{t('nobody_how')}</EmptyState>
  }
  const { data } = preview
  const isOther = data && !forced && data.language !== '' && data.language !== language
  return (
    <div className={styles.preview}>
      <div className={styles.line}>
        <ReaderPicker
          segment={definition.segment}
          reader={reader}
          onChoose={(one) => {
            setChosen(one)
            setForced(undefined)
          }}
        />
      </div>
      {isOther && (
        <p className={styles.notice}>
          {t('gets_another', { language: languageName(t, data.language) })}
          <Button size="compact-xs" variant="subtle" onClick={() => setForced(language)}>
            {t('show_anyway', { language: t(language) })}
          </Button>
        </p>
      )}
      {forced && (
        <p className={styles.notice}>
          {t('is_forced', { language: t(language) })}
          <Button size="compact-xs" variant="subtle" onClick={() => setForced(undefined)}>
            {t('show_own')}
          </Button>
        </p>
      )}
      {preview.isError ? (
        <ErrorState error={preview.error} />
      ) : data ? (
        <Shown preview={data} />
      ) : (
        <Loading lines={6} />
      )}
    </div>
  )
}

function Shown({ preview }: { preview: DraftPreview }) {
  const t = useText()
  const sayReason = useReason()
  const [view, setView] = useState<View>('mobile')
  const [look, setLook] = useState<Look>('light')
  if (preview.problem) {
    return <EmptyState title={t('not_made')}>{preview.problem}</EmptyState>
  }
  return (
    <>
      {preview.stopped_by && (
        <p className={styles.notice} data-tone="guard">
          {t('would_stop', { why: sayReason(preview.stopped_by) })}
        </p>
      )}
      <div className={styles.line}>
        <Choice
          label={t('view')}
          value={view}
          choices={[
            ['mobile', <IconDeviceMobile key="m" size={18} role="img" aria-label={t('mobile')} />],
            [
              'desktop',
              <IconDeviceDesktop key="d" size={18} role="img" aria-label={t('desktop')} />,
            ],
            ['text', <IconTextSize key="t" size={18} role="img" aria-label={t('plain_text')} />],
          ]}
          onChange={setView}
        />
        <Choice
          label={t('appearance')}
          value={look}
          choices={[
            ['light', <IconSun key="l" size={18} role="img" aria-label={t('light')} />],
            ['dark', <IconMoon key="d" size={18} role="img" aria-label={t('dark')} />],
            ['inverted', <IconContrast key="i" size={18} role="img" aria-label={t('inverted')} />],
          ]}
          onChange={setLook}
        />
      </div>
      {look === 'inverted' && view !== 'text' && (
        <p className={styles.notice}>{t('inverted_note')}</p>
      )}
      <div className={styles.mail}>
        <p className={styles.head} lang={preview.language}>
          <strong>{preview.subject}</strong>
        </p>
        {view === 'text' ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
          <pre className={styles.plain} lang={preview.language} tabIndex={0}>
            {preview.text}
          </pre>
        ) : (
          preview.html && (
            <MailView
              html={preview.html}
              title={t('preview_frame')}
              width={view === 'mobile' ? phonePixels : deskPixels}
              look={look}
            />
          )
        )}
      </div>
      {preview.html && <SizeMeter bytes={preview.size_bytes} />}
    </>
  )
}

export function languageName(t: (name: 'ja' | 'en') => string, language: string): string {
  return language === 'ja' || language === 'en' ? t(language) : language
}
