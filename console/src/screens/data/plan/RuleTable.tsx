import type { PlanRule, TrackingPlan } from '@/api/generated'
import { Badge, type Column, DataTable, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from '../texts'
import { readRule } from './ruleForm'

const shownNames = 4

interface Row {
  event: string
  rule: PlanRule
}

export function RuleTable({ plan }: { plan: TrackingPlan }) {
  const t = useText()
  const format = useFormat()
  const rows: Row[] = [
    ...(plan.traits ? [{ event: '', rule: plan.traits }] : []),
    ...Object.entries(plan.events ?? {}).map(([event, rule]) => ({ event, rule })),
  ]
  const shorten = (names: string[]) =>
    names.slice(0, shownNames).join(', ') + (names.length > shownNames ? ' …' : '')
  const required = ({ rule }: Row) =>
    readRule(rule)
      .properties.filter((one) => one.isRequired)
      .map((one) => one.name)
  const columns: Column<Row>[] = [
    {
      id: 'event',
      header: t('event'),
      cell: ({ event }) => (
        <TextLink to="/data/rule" search={{ event }}>
          {event || t('traits_rule')}
        </TextLink>
      ),
    },
    {
      id: 'mode',
      header: t('mode'),
      cell: ({ rule }) => {
        const mode = rule.mode ?? 'flag'
        return <Badge tone={mode === 'block' ? 'guard' : 'neutral'}>{t(`mode_${mode}`)}</Badge>
      },
    },
    {
      id: 'properties',
      header: t('properties_count'),
      cell: ({ rule }) => format.number(readRule(rule).properties.length),
      isNumber: true,
    },
    { id: 'required', header: t('required'), cell: (row) => shorten(required(row)) || '–' },
  ]
  return (
    <DataTable caption={t('rules')} columns={columns} rows={rows} rowKey={(row) => row.event} />
  )
}
