import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useRefusal } from '@/account/refusals'
import {
  changeMember,
  type LinkAnswer,
  type Member,
  type Role,
  removeMember,
  resetMember,
} from '@/api/generated'
import { listMembersQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { useSession } from '@/app/session'
import { Badge, type Column, Confirm, DataTable, toast, toastFailure } from '@/design'
import { useFormat } from '@/language/format'
import { roles } from './roles'
import styles from './SettingsPage.module.css'
import { useText } from './texts'

interface Props {
  members: Member[]
  onLink: (link: LinkAnswer) => void
}

type Asked = { member: Member; act: 'remove' | 'reset' | 'forget' }

export function MembersTable({ members, onLink }: Props) {
  const t = useText()
  const refusal = useRefusal()
  const queries = useQueryClient()
  const [asked, setAsked] = useState<Asked>()
  const act = useMutation({
    mutationFn: async ({ member, act }: Asked) => {
      const path = { member_id: member.id }
      if (act === 'remove') await removeMember({ path, throwOnError: true })
      else {
        const body = { forgets_second_factor: act === 'forget' }
        onLink((await resetMember({ path, body, throwOnError: true })).data)
      }
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: listMembersQueryKey() }),
    onError: (error) => toastFailure(refusal(error)),
    onSettled: () => setAsked(undefined),
  })
  return (
    <>
      <DataTable
        caption={t('nav_members')}
        rows={members}
        rowKey={(one) => one.id}
        columns={useColumns(setAsked)}
      />
      <Confirm
        isOpen={asked !== undefined}
        onClose={() => setAsked(undefined)}
        onConfirm={() => asked && act.mutate(asked)}
        title={t(`${asked?.act ?? 'remove'}_title`, { email: asked?.member.email ?? '' })}
        confirmLabel={t(`${asked?.act ?? 'remove'}_confirm`)}
        isIrreversible={asked?.act !== 'reset'}
        isBusy={act.isPending}
      >
        {t(`${asked?.act ?? 'remove'}_reason`)}
      </Confirm>
    </>
  )
}

function useColumns(ask: (asked: Asked) => void): Column<Member>[] {
  const t = useText()
  const format = useFormat()
  const own = useSession().member?.id
  return [
    {
      id: 'member',
      header: t('member'),
      cell: (one) => (
        <>
          {one.name || one.email}
          {one.name && <span className={styles.secondary}>{one.email}</span>}
        </>
      ),
    },
    { id: 'role', header: t('role'), cell: (one) => <RoleSelect member={one} /> },
    {
      id: 'factor',
      header: t('second_factor'),
      cell: (one) => (
        <Badge tone={one.has_second_factor ? 'good' : 'neutral'}>
          {t(one.is_invited ? 'invited' : one.has_second_factor ? 'on' : 'off')}
        </Badge>
      ),
    },
    {
      id: 'seen',
      header: t('last_seen'),
      cell: (one) => (one.last_seen_at ? format.ago(one.last_seen_at) : t('never')),
    },
    {
      id: 'actions',
      header: t('actions'),
      cell: (one) => (
        <span className={styles.actions}>
          <Button variant="default" size="xs" onClick={() => ask({ member: one, act: 'reset' })}>
            {t('reset')}
          </Button>
          {one.has_second_factor && (
            <Button variant="default" size="xs" onClick={() => ask({ member: one, act: 'forget' })}>
              {t('forget')}
            </Button>
          )}
          {one.id !== own && (
            <Button variant="default" size="xs" onClick={() => ask({ member: one, act: 'remove' })}>
              {t('remove')}
            </Button>
          )}
        </span>
      ),
    },
  ]
}

function RoleSelect({ member }: { member: Member }) {
  const t = useText()
  const refusal = useRefusal()
  const queries = useQueryClient()
  const own = useSession().member?.id
  const change = useMutation({
    mutationFn: (role: Role) =>
      changeMember({
        path: { member_id: member.id },
        body: { role, name: member.name },
        throwOnError: true,
      }),
    onSuccess: () => {
      toast(t('role_changed', { email: member.email }))
      return queries.invalidateQueries({ queryKey: listMembersQueryKey() })
    },
    onError: (error) => toastFailure(refusal(error)),
  })
  if (member.id === own) return t(member.role)
  return (
    <NativeSelect
      aria-label={t('role_of', { email: member.email })}
      size="xs"
      value={member.role}
      disabled={change.isPending}
      onChange={(event) => change.mutate(event.currentTarget.value as Role)}
      data={roles.map((one) => ({ value: one, label: t(one) }))}
    />
  )
}
