import {
  Button,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  PasswordInput,
  Popover,
  Select,
  Skeleton,
  TextInput,
} from "@mantine/core";

const petrol: MantineColorsTuple = [
  "#e8f3f7",
  "#cfe5ed",
  "#a3cddc",
  "#7cc0d6",
  "#62b4cf",
  "#2f86a3",
  "#17708d",
  "#0b5a75",
  "#094a61",
  "#06374a",
];

const field = { size: "md", inputWrapperOrder: ["label", "input", "description", "error"] as const };

export const theme = createTheme({
  primaryColor: "petrol",
  colors: { petrol },
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  defaultRadius: 6,
  fontFamily: "var(--v-font)",
  fontFamilyMonospace: "var(--v-font)",
  headings: { fontFamily: "var(--v-font)", fontWeight: "650" },
  focusRing: "auto",
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Button: Button.extend({ defaultProps: { size: "md" } }),
    Popover: Popover.extend({ defaultProps: { shadow: "md", radius: 8 } }),
    TextInput: TextInput.extend({ defaultProps: { ...field, inputWrapperOrder: [...field.inputWrapperOrder] } }),
    PasswordInput: PasswordInput.extend({
      defaultProps: { ...field, inputWrapperOrder: [...field.inputWrapperOrder] },
    }),
    Select: Select.extend({ defaultProps: { ...field, inputWrapperOrder: [...field.inputWrapperOrder] } }),
    Skeleton: Skeleton.extend({ defaultProps: { animate: true } }),
  },
});

const onOurGround = {
  "--mantine-color-body": "var(--v-ground)",
  "--mantine-color-text": "var(--v-ink)",
  "--mantine-color-dimmed": "var(--v-muted)",
  "--mantine-color-error": "var(--v-bad)",
  "--mantine-color-placeholder": "var(--v-muted)",
  "--mantine-color-default": "var(--v-surface)",
  "--mantine-color-default-border": "var(--v-edge)",
  "--mantine-color-default-color": "var(--v-ink)",
  "--mantine-color-default-hover": "var(--v-sunken)",
};

/** The kit's colours are ours in both themes; `base.css` holds them once. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: onOurGround, dark: onOurGround });
