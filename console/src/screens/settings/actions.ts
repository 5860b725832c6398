import { useText } from './texts'

const actions = {
  'session.opened': 'act_session_opened',
  'access.refused': 'act_access_refused',
  'session.refused': 'act_session_refused',
  'session.confirmed': 'act_session_confirmed',
  'session.ended': 'act_session_ended',
  'session.others_ended': 'act_session_others_ended',
  'password.changed': 'act_password_changed',
  'totp.added': 'act_totp_added',
  'totp.removed': 'act_totp_removed',
  'recovery_codes.renewed': 'act_recovery_codes_renewed',
  'passkey.added': 'act_passkey_added',
  'passkey.removed': 'act_passkey_removed',
  'member.created': 'act_member_created',
  'member.invited': 'act_member_invited',
  'member.changed': 'act_member_changed',
  'member.removed': 'act_member_removed',
  'member.invitation_issued': 'act_member_invitation_issued',
  'member.new_password_issued': 'act_member_new_password_issued',
  'member.invitation_redeemed': 'act_member_invitation_redeemed',
  'member.new_password_redeemed': 'act_member_new_password_redeemed',
  'key.created': 'act_key_created',
  'key.revoked': 'act_key_revoked',
  'policy.changed': 'act_policy_changed',
  'approval.asked': 'act_approval_asked',
  'approval.approved': 'act_approval_approved',
  'approval.declined': 'act_approval_declined',
  'approval.spent': 'act_approval_spent',
  'approval.policy_changed': 'act_approval_policy_changed',
} as const

type Key = Parameters<ReturnType<typeof useText>>[0]

/** Says what was done in the reader's words; a change without words goes by its operation's name. */
export function useActions(): (action: string) => string {
  const t = useText()
  return (action) => {
    const key = actions[action as keyof typeof actions] ?? `did_${action}`
    return isKey(key) ? t(key) : action.replaceAll('_', ' ')
  }
}

/** Says who did it, and by what they proved who they are. */
export function useActors(): { actor: (name: string) => string; detail: (text: string) => string } {
  const t = useText()
  return {
    actor: (name) => (name === 'this machine' ? t('actor_machine') : name),
    detail: (text) => (isKey(`by_${text}`) ? t(`by_${text}` as Key) : text),
  }
}

function isKey(key: string): key is Key {
  return key in useText.words.en
}
