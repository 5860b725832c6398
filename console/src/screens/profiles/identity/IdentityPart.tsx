import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Evidence, IdentityAnswer, PersonAnswer } from '@/api/generated'
import { getIdentityOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { Badge, DataTable, Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import { type Decided, DecisionDialog } from './DecisionDialog'
import { IdentityGraph } from './IdentityGraph'
import styles from './identity.module.css'
import { isRefusal, keyOf } from './layout'
import { Sharing } from './Sharing'
import { useText } from './texts'
import { useKindName } from './words'

export default function IdentityPart({ person }: { person: PersonAnswer }) {
  const identity = useQuery(getIdentityOptions({ path: { profile_id: person.id } }))
  const [decided, setDecided] = useState<Decided>()
  return (
    <>
      <Loaded query={identity}>
        {(found) => <Identity identity={found} onDecide={setDecided} />}
      </Loaded>
      <Sharing profileId={person.id} />
      {decided && (
        <DecisionDialog
          profileId={person.id}
          decided={decided}
          onClose={() => setDecided(undefined)}
        />
      )}
    </>
  )
}

interface Props {
  identity: IdentityAnswer
  onDecide: (decided: Decided) => void
}

function Identity({ identity, onDecide }: Props) {
  const t = useText()
  const format = useFormat()
  const mayWrite = useMay('write')
  const kindName = useKindName()
  const refused = identity.evidence.filter(isRefusal)
  const { identifiers, decisions } = identity
  return (
    <>
      <Section
        title={t('title', { count: identifiers.length })}
        note={t('note')}
        aside={
          mayWrite && (
            <Button variant="default" size="xs" onClick={() => onDecide({ kind: 'merge' })}>
              {t('merge')}
            </Button>
          )
        }
      >
        <IdentityGraph identity={identity} />
        <ul className={styles.identifiers} aria-label={t('identifiers')}>
          {identifiers.map(({ identifier, first_seen_at, is_shared }) => (
            <li key={keyOf(identifier)}>
              <span className={styles.kind}>{kindName(identifier.kind)}</span>
              <code>{identifier.value}</code>
              <span className={styles.soft}>{t('since', { day: format.day(first_seen_at) })}</span>
              {is_shared && <Badge tone="late">{t('shared')}</Badge>}
              {mayWrite && identifiers.length > 1 && (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  onClick={() => onDecide({ kind: 'unmerge', what: identifier })}
                >
                  {t('unmerge')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Section>
      {refused.length > 0 && (
        <Section title={t('refused')} note={t('refused_say')}>
          <EvidenceTable evidence={refused} />
        </Section>
      )}
      <details className={styles.all}>
        <summary>{t('evidence', { n: identity.evidence.length })}</summary>
        <EvidenceTable evidence={identity.evidence} />
      </details>
      {decisions.length > 0 && (
        <Section title={t('decisions')}>
          <ul>
            {decisions.map((one) => (
              <li key={`${one.at} ${keyOf(one.right)}`} className={styles.decision}>
                <strong>
                  {t(one.is_merge ? 'decision_merge' : 'decision_apart', {
                    by: one.by,
                    left: one.left.value,
                    right: one.right.value,
                  })}
                </strong>
                <span>{one.explanation}</span>
                <span className={styles.soft}>{format.instant(one.at)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

function EvidenceTable({ evidence }: { evidence: Evidence[] }) {
  const t = useText()
  const format = useFormat()
  return (
    <DataTable
      caption={t('refused')}
      rows={evidence}
      rowKey={(one) => `${keyOf(one.left)} ${keyOf(one.right)} ${one.kind}`}
      columns={[
        { id: 'left', header: t('left'), cell: (one) => one.left.value },
        { id: 'right', header: t('right'), cell: (one) => one.right.value },
        {
          id: 'outcome',
          header: t('outcome'),
          cell: (one) => (
            <span className={styles.outcome} data-refused={isRefusal(one)}>
              {t(`outcome_${one.outcome}` as 'outcome_joined')}
            </span>
          ),
        },
        { id: 'at', header: t('when'), cell: (one) => format.day(one.at) },
      ]}
    />
  )
}
