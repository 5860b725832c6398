import type { RecordedEdit } from '@/api/generated'
import { Section } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from '../texts'
import styles from './DecisionHistory.module.css'

export function DecisionHistory({ edits }: { edits: RecordedEdit[] }) {
  const t = useText()
  const format = useFormat()
  return (
    <Section title={t('history_title')}>
      {edits.length ? (
        <ol className={styles.history}>
          {edits.map((one) => (
            <li key={`${one.at}/${one.by}`}>
              <span>{format.list(describe(one, t))}</span>
              <small>{t('history_line', { by: one.by, at: format.instant(one.at) })}</small>
            </li>
          ))}
        </ol>
      ) : (
        <p className={styles.none}>{t('history_none')}</p>
      )}
    </Section>
  )
}

function describe({ edit }: RecordedEdit, t: ReturnType<typeof useText>): string[] {
  const said: string[] = []
  if (edit.pii) said.push(t('decided_pii', { value: t(`pii_${edit.pii}`) }))
  if (edit.sensitivity)
    said.push(t('decided_sensitivity', { value: t(`sensitivity_${edit.sensitivity}`) }))
  if (edit.is_proxy !== null && edit.is_proxy !== undefined)
    said.push(t('decided_proxy', { value: t(edit.is_proxy ? 'yes' : 'no') }))
  if (edit.description !== null && edit.description !== undefined)
    said.push(t('decided_description', { value: edit.description }))
  if (edit.owner !== null && edit.owner !== undefined)
    said.push(t('decided_owner', { value: edit.owner }))
  return said
}
