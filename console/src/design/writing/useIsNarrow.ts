import { useMediaQuery } from '@mantine/hooks'

/** Too narrow for a panel beside the message. */
export const useIsNarrow = () =>
  useMediaQuery('(max-width: 56rem)', false, { getInitialValueInEffect: false }) ?? false
