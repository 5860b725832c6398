import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { LinkAnswer } from '@/api/generated'
import { listMembersOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded } from '@/design'
import { ApprovalPolicySection } from '../approvals/ApprovalPolicySection'
import { InviteDialog } from './InviteDialog'
import { MembersTable } from './MembersTable'
import { PolicySection } from './PolicySection'
import { RolesSection } from './RolesSection'
import { SettingsPage } from './SettingsPage'
import styles from './SettingsPage.module.css'
import { ShownOnce } from './ShownOnce'
import { useText } from './texts'

/** Who works here, as what, and how strict the door is. */
export default function MembersScreen() {
  const t = useText()
  const members = useQuery(listMembersOptions())
  const [isInviting, setIsInviting] = useState(false)
  const [link, setLink] = useState<LinkAnswer>()
  const count = members.data?.length ?? 0
  const unprotected = members.data?.filter((one) => !one.has_second_factor).length ?? 0
  return (
    <SettingsPage
      title={members.data ? t('members_title', { count }) : t('nav_members')}
      reason={
        members.data &&
        (unprotected ? t('members_unprotected', { count: unprotected }) : t('members_protected'))
      }
      action={<Button onClick={() => setIsInviting(true)}>{t('invite')}</Button>}
    >
      <div className={styles.block}>
        {link && <ShownOnce note={t('link_once', { email: link.member.email })} value={link.url} />}
        <Loaded query={members}>
          {(found) => <MembersTable members={found} onLink={setLink} />}
        </Loaded>
      </div>
      <RolesSection />
      <PolicySection />
      <ApprovalPolicySection />
      {isInviting && (
        <InviteDialog
          onClose={() => setIsInviting(false)}
          onInvited={(made) => {
            setLink(made)
            setIsInviting(false)
          }}
        />
      )}
    </SettingsPage>
  )
}
