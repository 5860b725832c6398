import type { ConsumerHealth } from '@/api/generated'
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
  'letter tests',
  'forgetting',
  'plans',
  'attributes',
  'product news',
  'deliver',
  'webhooks',
  'complaints',
  'subscriptions',
  'old contacts',
  'old calls',
  'journeys log',
  'journeys',
  'anniversaries',
  'schedules',
  'experiments',
  'letters to staff',
  'predictions',
  'running low',
  'life stages',
  'recommendation models',
  'recommendation files',
  'recommendations',
  'unconfirmed',
] as const

interface Props {
  caption: string
  parts: ConsumerHealth[]
}

/** Background parts: whether each works, and how far it is behind the log. */
export function Parts({ caption, parts }: Props) {
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
  return <DataTable caption={caption} columns={columns} rows={parts} rowKey={(one) => one.name} />
}

/** Says what a part does; one that has no words yet stands under its own name. */
function sayPart(name: string, t: ReturnType<typeof useText>): string {
  const part = known.find((one) => one === name)
  return part ? t(`part_${part}`) : name
}
