import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getAccountOptions, getAccountQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { renewSession, useSession } from '@/app/session'
import { Loaded } from '@/design'
import { AppSection } from './AppSection'
import { PasskeysSection } from './PasskeysSection'
import { PasswordSection } from './PasswordSection'
import { RecoverySection } from './RecoverySection'
import { SessionsSection } from './SessionsSection'
import { SettingsPage } from './SettingsPage'
import { useText } from './texts'
import { useConfirmed } from './useConfirmed'

/** What protects the member's own account, and where it is open. */
export default function AccountScreen() {
  const t = useText()
  const session = useSession()
  const account = useQuery(getAccountOptions())
  const queries = useQueryClient()
  const { run, dialog } = useConfirmed()
  const changed = async () => {
    await renewSession()
    await queries.invalidateQueries({ queryKey: getAccountQueryKey() })
  }
  const hasFactor = account.data?.member.has_second_factor
  const isAsked = session.member?.must_enrol
  const title = isAsked ? 'account_must' : hasFactor ? 'account_strong' : 'account_weak'
  return (
    <SettingsPage
      title={t(title)}
      reason={
        isAsked
          ? t('account_must_reason')
          : t('account_reason', { email: session.name, role: t(session.member?.role ?? 'viewer') })
      }
    >
      {dialog}
      <Loaded query={account}>
        {({ factors }) => (
          <>
            <AppSection hasApp={factors.has_totp} run={run} onChange={changed} />
            <PasskeysSection passkeys={factors.passkeys} run={run} onChange={changed} />
            {hasFactor && (
              <RecoverySection left={factors.recovery_codes_left} run={run} onChange={changed} />
            )}
            <PasswordSection onChange={changed} />
            <SessionsSection run={run} />
          </>
        )}
      </Loaded>
    </SettingsPage>
  )
}
