import { useQuery } from '@tanstack/react-query'
import type { LiveSegment } from '@/api/generated'
import { listLiveSegmentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Figure, Figures, Section, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from './texts'

/** The ready-made segments a shop looks at first, and what to do about each is one step away. */
const watched = ['everyone', 'bought_30d', 'new_customers', 'at_risk'] as const

/** How many customers there are, and how they stand; each number leads to its people. */
export function Customers() {
  const t = useText()
  const segments = useQuery(listLiveSegmentsOptions()).data?.segments
  return (
    <Section
      title={t('customers')}
      aside={<TextLink to="/segments">{t('customers_more')}</TextLink>}
    >
      <Figures>
        {watched.map((name) => (
          <Standing
            key={name}
            name={name}
            segment={segments?.find((one) => one.id === `builtin:${name}`)}
          />
        ))}
      </Figures>
    </Section>
  )
}

type Watched = (typeof watched)[number]

function Standing({ name, segment }: { name: Watched; segment: LiveSegment | undefined }) {
  const t = useText()
  const format = useFormat()
  const size = segment?.size
  return (
    <Figure
      label={t(`customers_${name}`)}
      value={size == null ? '–' : format.number(size)}
      note={
        <TextLink
          to="/segments/$segmentId"
          params={{ segmentId: `builtin:${name}` }}
          label={t('customers_who_of', { name: t(`customers_${name}`) })}
        >
          {t('customers_who')}
        </TextLink>
      }
    />
  )
}
