import { Checkbox, MultiSelect, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useField } from "./editor-context";
import styles from "./master-records.module.css";

type Field = { path: string; label: string; help?: string | undefined };
type Choice = { value: string; label: string };

/** The name by which tests find a field: its last step. */
const idOf = (path: string) => `field-${path.split("/").at(-1)}`;

export function TextField({ path, label, help, isNullable = false }: Field & { isNullable?: boolean }) {
  const { value, error, set } = useField(path);
  return (
    <TextInput
      label={label}
      description={help}
      error={error}
      data-path={path}
      data-testid={idOf(path)}
      autoComplete="off"
      value={String(value ?? "")}
      onChange={({ currentTarget: { value: text } }) => set(isNullable && text === "" ? null : text)}
    />
  );
}

/** A text of several lines; an expression is one too. */
export function AreaField({
  path,
  label,
  help,
  isNullable = false,
  rows = 3,
}: Field & { isNullable?: boolean; rows?: number }) {
  const { value, error, set } = useField(path);
  return (
    <Textarea
      label={label}
      description={help}
      error={error}
      rows={rows}
      data-path={path}
      data-testid={idOf(path)}
      value={String(value ?? "")}
      onChange={({ currentTarget: { value: text } }) => set(isNullable && text === "" ? null : text)}
    />
  );
}

type Line = Field & { inputMode: "decimal" | "numeric"; read: (text: string) => unknown };

/** One line of text; `read` makes of it what the document holds. */
function LineField({ path, label, help, inputMode, read }: Line) {
  const { value, error, set } = useField(path);
  return (
    <TextInput
      label={label}
      description={help}
      error={error}
      inputMode={inputMode}
      autoComplete="off"
      data-path={path}
      data-testid={idOf(path)}
      value={String(value ?? "")}
      onChange={({ currentTarget }) => set(read(currentTarget.value.trim()))}
    />
  );
}

/** A decimal stays the text that it is; an optional one is left out while it is empty. */
export function DecimalField({ isNullable = false, ...field }: Field & { isNullable?: boolean }) {
  return <LineField {...field} inputMode="decimal" read={(text) => (isNullable && text === "" ? null : text)} />;
}

export function WholeField({ isNullable = false, ...field }: Field & { isNullable?: boolean }) {
  function read(text: string) {
    if (isNullable && text === "") return null;
    return /^\d{1,9}$/.test(text) ? Number(text) : text;
  }
  return <LineField {...field} inputMode="numeric" read={read} />;
}

export function ChoiceField({
  path,
  label,
  help,
  data,
  isNullable = false,
}: Field & { data: Choice[]; isNullable?: boolean }) {
  const { value, error, set } = useField(path);
  return (
    <Select
      label={label}
      description={help}
      error={error}
      data={data}
      clearable={isNullable}
      clearButtonProps={{ "aria-label": label }}
      allowDeselect={false}
      data-path={path}
      data-testid={idOf(path)}
      value={(value as string | null | undefined) ?? null}
      onChange={set}
    />
  );
}

export function ManyField({ path, label, help, data, placeholder }: Field & { data: Choice[]; placeholder?: string }) {
  const { value, error, set } = useField(path);
  const chosen = (value as string[] | undefined) ?? [];
  // What a file brought stays to be seen and taken out, also where it is offered no more.
  const others = chosen.filter((one) => !data.some((choice) => choice.value === one));
  return (
    <MultiSelect
      label={label}
      description={help}
      error={error}
      data={[...data, ...others.map((one) => ({ value: one, label: one }))]}
      placeholder={chosen.length === 0 ? placeholder : undefined}
      searchable
      data-path={path}
      data-testid={idOf(path)}
      value={chosen}
      onChange={set}
    />
  );
}

export function CheckField({ path, label, help }: Field) {
  const { value, error, set } = useField(path);
  return (
    <Checkbox
      className={styles.check}
      label={label}
      description={help}
      error={error}
      data-path={path}
      data-testid={idOf(path)}
      checked={value === true}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  );
}

/** One item a line. */
export function LinesField({ path, label, help }: Field) {
  const { value, error, set } = useField(path);
  return (
    <Textarea
      label={label}
      description={help}
      error={error}
      rows={4}
      data-path={path}
      data-testid={idOf(path)}
      value={((value as string[] | undefined) ?? []).join("\n")}
      onChange={({ currentTarget: { value: text } }) => set(text === "" ? [] : text.split("\n"))}
    />
  );
}

/** A key is given when the field is left: what names the part follows it, and half a key names nothing. */
export function KeyField({ path, label, help, onRename }: Field & { onRename: (key: string) => void }) {
  const { value, error } = useField(path);
  const [typed, setTyped] = useState<string | null>(null);
  function give() {
    if (typed !== null && typed.trim() !== value) onRename(typed.trim());
    setTyped(null);
  }
  return (
    <TextInput
      label={label}
      description={help}
      error={error}
      autoComplete="off"
      spellCheck={false}
      data-path={path}
      data-testid={idOf(path)}
      value={typed ?? String(value ?? "")}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={give}
      onKeyDown={(event) => event.key === "Enter" && give()}
    />
  );
}
