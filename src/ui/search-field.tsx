import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import styles from "./register.module.css";

type Props = { label: string; value: string; onChange: (text: string) => void; "data-testid": string };

/** The words that a list is searched for. */
export function SearchField({ label, value, onChange, ...rest }: Props) {
  return (
    <TextInput
      className={styles.search}
      aria-label={label}
      placeholder={label}
      autoComplete="off"
      spellCheck={false}
      leftSection={<IconSearch size={20} aria-hidden />}
      data-testid={rest["data-testid"]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
