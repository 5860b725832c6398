import { useQuery } from '@tanstack/react-query'
import type { JourneyExperiment } from '@/api/generated'
import { listExperimentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState, Loaded, PageHeader, Section, TextLink } from '@/design'
import { Standing } from './Standing'
import { useText } from './texts'

/** All experiments of live journeys: which have a winner, and what the others could tell by now. */
export default function ExperimentsScreen() {
  const found = useQuery(listExperimentsOptions())
  return (
    <Loaded query={found} isPage>
      {(experiments) => <Experiments experiments={experiments} />}
    </Loaded>
  )
}

function Experiments({ experiments }: { experiments: JourneyExperiment[] }) {
  const t = useText()
  const count = experiments.length
  const proven = experiments.filter(({ judged }) => judged.verdict.winner).length
  return (
    <>
      <PageHeader
        title={count === 0 ? t('exp_none') : t('exp_lead', { count, proven })}
        documentTitle={t('exp_title')}
        back={{ to: '/journeys', label: t('back') }}
        reason={t('exp_reason')}
      />
      {count === 0 && <EmptyState>{t('exp_none_how')}</EmptyState>}
      {experiments.map(({ journey_id, journey_name, judged }) => (
        <Section
          key={`${journey_id} ${judged.experiment.step}`}
          title={judged.experiment.label || journey_name}
          aside={
            <TextLink to="/journeys/$journeyId" params={{ journeyId: journey_id }}>
              {judged.experiment.label ? journey_name : t('exp_look')}
            </TextLink>
          }
        >
          <Standing judged={judged} />
        </Section>
      ))}
    </>
  )
}
