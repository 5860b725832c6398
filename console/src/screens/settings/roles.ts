import type { Role } from '@/api/generated'

export const roles: Role[] = ['viewer', 'editor', 'sender', 'admin']
