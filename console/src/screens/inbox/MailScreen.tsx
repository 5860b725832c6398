import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { MailAnswer } from '@/api/generated'
import { getMailOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Facts, Loaded, MailFrame, PageHeader } from '@/design'
import { useFormat } from '@/language/format'
import styles from './MailScreen.module.css'
import { useText } from './texts'

const parts = ['seen', 'text', 'headers', 'source'] as const

/** One message: as its reader sees it, as text, with headers and source. */
export default function MailScreen() {
  const { mailId } = useParams({ strict: false }) as { mailId?: string }
  const mail = useQuery(getMailOptions({ path: { mail_id: Number(mailId) } }))
  return (
    <Loaded query={mail} isPage>
      {(found) => <Mail mail={found} />}
    </Loaded>
  )
}

function Mail({ mail }: { mail: MailAnswer }) {
  const t = useText()
  const format = useFormat()
  const { entry } = mail
  return (
    <>
      <PageHeader
        title={entry.subject || t('no_subject')}
        reason={`${t('recipient')} ${entry.rcpt_to.join(', ')} · ${format.instant(entry.received_at)} · ${t('size', { count: entry.n_bytes })}`}
        back={{ to: '/inbox', label: t('title') }}
      />
      <Tabs defaultValue="seen" keepMounted={false}>
        <Tabs.List aria-label={t('parts')}>
          {parts.map((part) => (
            <Tabs.Tab key={part} value={part}>
              {t(part)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="seen" className={styles.panel}>
          {mail.html ? (
            <>
              <p className={styles.note}>{t('seen_note')}</p>
              <MailFrame url={`/api/inbox/${entry.id}/html`} title={t('frame')} />
            </>
          ) : (
            <p>{t('no_html')}</p>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="text" className={styles.panel}>
          {mail.text ? <Verbatim text={mail.text} label={t('text')} /> : <p>{t('no_text')}</p>}
        </Tabs.Panel>
        <Tabs.Panel value="headers" className={styles.panel}>
          <Facts facts={mail.headers} />
        </Tabs.Panel>
        <Tabs.Panel value="source" className={styles.panel}>
          <Verbatim text={mail.source} label={t('source')} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

function Verbatim({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section tabIndex={0} aria-label={label} className={styles.verbatim}>
      <pre>{text}</pre>
    </section>
  )
}
