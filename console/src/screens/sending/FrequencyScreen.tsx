import { useQuery } from '@tanstack/react-query'
import type { StoredPolicy } from '@/api/generated'
import {
  getBroadcastDefaultsOptions,
  getFrequencyPolicyOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, Section } from '@/design'
import { DefaultsForm } from './DefaultsForm'
import { History } from './History'
import { PolicyForm } from './PolicyForm'
import { SendingPage } from './SendingPage'
import { useText } from './texts'

/** How often and when customers are written to, tried on the last days before it holds. */
export default function FrequencyScreen() {
  const stored = useQuery(getFrequencyPolicyOptions())
  return (
    <Loaded query={stored} isPage>
      {(found) => <Frequency stored={found} />}
    </Loaded>
  )
}

function Frequency({ stored }: { stored: StoredPolicy }) {
  const t = useText()
  const defaults = useQuery(getBroadcastDefaultsOptions())
  const { caps = [], quiet_hours = [] } = stored.policy
  const count = caps.length + quiet_hours.length
  return (
    <SendingPage
      title={count ? t('frequency_some', { count }) : t('frequency_none')}
      reason={t('frequency_reason')}
    >
      <Section title={t('rules')} isTitleHidden>
        <PolicyForm key={stored.version} policy={stored.policy} />
      </Section>
      <Section title={t('defaults')} note={t('defaults_note')}>
        <Loaded query={defaults}>
          {(found) => <DefaultsForm key={found.version} defaults={found.defaults} />}
        </Loaded>
      </Section>
      <Section title={t('history')}>
        <History />
      </Section>
    </SendingPage>
  )
}
