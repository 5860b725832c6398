import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'

const ai: MantineColorsTuple = [
  '#eef2f8',
  '#dde5f1',
  '#a9c0ea',
  '#92a8cd',
  '#6e8abc',
  '#4f70a9',
  '#36598f',
  '#24467a',
  '#18335d',
  '#102443',
]
const shu: MantineColorsTuple = [
  '#fdf3ef',
  '#f9e6df',
  '#f2916f',
  '#ee7d59',
  '#e46a45',
  '#cd4a26',
  '#c0401f',
  '#b3361a',
  '#942a12',
  '#6f1d0b',
]
const gray: MantineColorsTuple = [
  '#faf7f0',
  '#f1ebdf',
  '#e8e0d0',
  '#ddd3c1',
  '#c4b8a3',
  '#a3967f',
  '#7d7261',
  '#675e51',
  '#4a433a',
  '#211d18',
]
const dark: MantineColorsTuple = [
  '#efe8da',
  '#d6cdbc',
  '#b3a894',
  '#8f8472',
  '#423c33',
  '#2b2722',
  '#211e1a',
  '#191714',
  '#141210',
  '#0f0d0b',
]

// Left to itself Mantine picks the words on a filled ground for the light appearance alone.
const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  const name = input.color || input.theme.primaryColor
  const isOurs = input.variant === 'filled' && (name === 'ai' || name === 'shu')
  return isOurs ? { ...colors, color: `var(--on-${name})` } : colors
}

export const theme = createTheme({
  colors: { ai, shu, gray, dark },
  white: '#fffdf8',
  black: '#211d18',
  primaryColor: 'ai',
  primaryShade: { light: 7, dark: 2 },
  autoContrast: true,
  variantColorResolver: variantColors,
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: 'var(--serif)', fontWeight: '600' },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
})

// Mantine's own names, bound to ours: see tokens.css.
const shared = {
  '--mantine-color-body': 'var(--paper)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-bright': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--soft)',
  '--mantine-color-placeholder': 'var(--soft)',
  '--mantine-color-anchor': 'var(--ai)',
  '--mantine-color-error': 'var(--shu)',
  '--mantine-color-default': 'var(--sheet)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line)',
  '--mantine-color-default-hover': 'var(--wash)',
  '--mantine-color-ai-light': 'var(--ai-wash)',
  '--mantine-color-ai-light-color': 'var(--ai)',
  '--mantine-color-shu-light': 'var(--shu-wash)',
  '--mantine-color-shu-light-color': 'var(--shu)',
}

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: shared,
})
