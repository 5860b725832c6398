import { useQuery } from '@tanstack/react-query'
import type { LifeStages } from '@/api/generated'
import {
  countLifeStagesOptions,
  listLifeStagesOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { ButtonLink, EmptyState, Loaded, PageHeader, Section, TextLink } from '@/design'
import { Course } from './Course'
import { useText } from './texts'
import { useNaming } from './words'

export default function LifeStagesScreen() {
  const query = useQuery(listLifeStagesOptions())
  return (
    <Loaded query={query} lines={8} isPage>
      {(found) => <Told found={found} />}
    </Loaded>
  )
}

function Told({ found }: { found: LifeStages[] }) {
  const t = useText()
  const mayWrite = useMay('write')
  const begin = mayWrite && <ButtonLink to="/life-stages/new">{t('define')}</ButtonLink>
  return (
    <>
      <PageHeader
        documentTitle={t('title')}
        title={found.length > 0 ? t('lead') : t('title')}
        reason={t('reason')}
        action={found.length > 0 && begin}
      />
      {found.length === 0 && (
        <Section title={t('title')} isTitleHidden>
          <EmptyState title={t('none')} action={begin}>
            {t('none_how')}
          </EmptyState>
        </Section>
      )}
      {found.map((one) => (
        <Defined key={one.id} definition={one} />
      ))}
    </>
  )
}

function Defined({ definition }: { definition: LifeStages }) {
  const t = useText()
  const naming = useNaming()
  const counts = useQuery(countLifeStagesOptions({ path: { stages_id: definition.id } }))
  return (
    <Section
      title={naming(definition)}
      aside={
        <TextLink to="/life-stages/$stagesId" params={{ stagesId: definition.id }}>
          {t('open')}
        </TextLink>
      }
    >
      <Loaded query={counts}>
        {(people) => <Course stages={definition.stages} counts={people} />}
      </Loaded>
    </Section>
  )
}
