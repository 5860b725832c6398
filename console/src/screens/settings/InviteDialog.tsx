import { NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useRefusal } from '@/account/refusals'
import { useText as useAccountText } from '@/account/texts'
import { inviteMember, type LinkAnswer, type Role } from '@/api/generated'
import { listMembersQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { MakeDialog } from './MakeDialog'
import { roles } from './roles'
import { useText } from './texts'

interface Props {
  onClose: () => void
  onInvited: (link: LinkAnswer) => void
}

export function InviteDialog({ onClose, onInvited }: Props) {
  const t = useText()
  const words = useAccountText()
  const refusal = useRefusal()
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const invite = useMutation({
    mutationFn: async () =>
      (await inviteMember({ body: { email, name, role }, throwOnError: true })).data,
    onSuccess: async (link) => {
      await queries.invalidateQueries({ queryKey: listMembersQueryKey() })
      onInvited(link)
    },
  })
  return (
    <MakeDialog
      title={t('invite_title')}
      action={t('invite_make')}
      fault={invite.error ? refusal(invite.error) : undefined}
      isBusy={invite.isPending}
      onSubmit={() => invite.mutate()}
      onClose={onClose}
    >
      <TextInput
        label={words('email')}
        type="email"
        required
        withAsterisk={false}
        data-autofocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <TextInput
        label={t('name')}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label={t('role')}
        description={t(`${role}_note`)}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as Role)}
        data={roles.map((one) => ({ value: one, label: t(one) }))}
      />
    </MakeDialog>
  )
}
