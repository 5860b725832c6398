import { notifications } from '@mantine/notifications'

/** Says that something worked. Failures are shown where they happened, or by `toastFailure`. */
export function toast(message: string): void {
  notifications.show({ message, withCloseButton: false, autoClose: 5000 })
}

export function toastFailure(message: string): void {
  notifications.show({ message, color: 'shu', autoClose: 10_000 })
}
