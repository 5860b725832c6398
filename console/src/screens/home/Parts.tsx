import type { ConsumerHealth, Health } from '@/api/generated'
import { Badge, type Column, DataTable } from '@/design'
import { useFormat } from '@/language/format'
import styles from './Parts.module.css'
import { useText } from './texts'

const known = [
  'sequencer',
  'copier',
  'segments',
  'past sizes',
  'broadcasts',
  'forgetting',
  'plans',
  'attributes',
  'deliver',
  'complaints',
  'subscriptions',
  'unconfirmed',
] as const

/** Every background part: whether it works, and how far it is behind the log. */
export function Parts({ health }: { health: Health }) {
  const t = useText()
  const format = useFormat()
  const columns: Column<ConsumerHealth>[] = [
    {
      id: 'part',
      header: t('part'),
      cell: (one) => (
        <>
          {sayPart(one.name, t)}
          {one.last_error && one.last_error_at && (
            <p className={styles.error}>
              {format.ago(one.last_error_at)}: {one.last_error}
            </p>
          )}
        </>
      ),
    },
    {
      id: 'state',
      header: t('state'),
      cell: (one) =>
        one.is_alive ? (
          <Badge tone="good">{t('works')}</Badge>
        ) : (
          <Badge tone="guard">{t('stopped')}</Badge>
        ),
    },
    {
      id: 'lag',
      header: t('lag'),
      isNumber: true,
      cell: (one) => (one.lag ? t('events_behind', { count: one.lag }) : t('up_to_date')),
    },
  ]
  return (
    <DataTable
      caption={t('parts')}
      columns={columns}
      rows={health.consumers}
      rowKey={(one) => one.name}
    />
  )
}

/** Says what a part does; one that has no words yet stands under its own name. */
function sayPart(name: string, t: ReturnType<typeof useText>): string {
  const part = known.find((one) => one === name)
  return part ? t(`part_${part}`) : name
}
