import type { AttributeSummary } from '@/api/generated'
import { Badge, type Column, DataTable, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useTraitName } from '../../profiles/traits/words'
import { asValueType } from '../choices'
import { useText } from '../texts'
import styles from './AttributeTable.module.css'
import { ClassBadges } from './ClassBadges'
import { FillBar } from './FillBar'

interface Props {
  attributes: AttributeSummary[]
  caption: string
  /** Leaves out which event a property is of: the screen says it. */
  isOfOneEvent?: boolean
  onMore?: () => void
  isLoadingMore?: boolean
}

export function AttributeTable({ attributes, caption, isOfOneEvent, ...more }: Props) {
  const t = useText()
  const format = useFormat()
  const columns: Column<AttributeSummary>[] = [
    {
      id: 'name',
      header: t('attribute'),
      cell: (one) => <NameCell attribute={one} isOfOneEvent={isOfOneEvent} />,
    },
    {
      id: 'filled',
      header: t('filled'),
      cell: (one) => <FillBar share={one.fill_rate} error={one.error} />,
    },
    { id: 'type', header: t('type'), cell: (one) => <TypeCell attribute={one} /> },
    {
      id: 'values',
      header: t('values'),
      cell: (one) => (
        <span className={styles.values}>
          {format.list(one.values.map((value) => value.value)) ||
            (one.classification.pii === 'identifying' || one.classification.pii === 'contact'
              ? t('hidden_values')
              : '–')}
        </span>
      ),
    },
    {
      id: 'class',
      header: t('class'),
      cell: (one) => <ClassBadges classification={one.classification} />,
    },
  ]
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={attributes}
      rowKey={(one) => `${one.event}/${one.name}`}
      {...more}
    />
  )
}

function NameCell({
  attribute,
  isOfOneEvent,
}: {
  attribute: AttributeSummary
  isOfOneEvent?: boolean
}) {
  const t = useText()
  const traitName = useTraitName()
  const { kind, event, name } = attribute
  const said = kind === 'trait' ? traitName(name) : name
  // A name of the shop's own has no other words.
  const words = said === name.replace(/_/g, ' ') ? name : said
  return (
    <span className={styles.name}>
      <TextLink to="/data/attribute" search={{ kind, event, name }}>
        {name}
      </TextLink>
      {words !== name && <small>{words}</small>}
      {!isOfOneEvent && <small>{event || t('trait_of_people')}</small>}
      {attribute.description && <small>{attribute.description}</small>}
    </span>
  )
}

function TypeCell({ attribute }: { attribute: AttributeSummary }) {
  const t = useText()
  const format = useFormat()
  const names = Object.keys(attribute.types).filter((name) => name !== 'null')
  return (
    <span>
      {format.list(names.map((name) => t(`type_${asValueType(name)}`)))}{' '}
      {attribute.has_type_drift && <Badge tone="late">{t('drift_badge')}</Badge>}
    </span>
  )
}
