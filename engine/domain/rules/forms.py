"""Rules about forms."""

from collections.abc import Mapping

from engine.domain.rules.rule import Rule, refused, warning

RULES: Mapping[str, Rule] = {
    "form-missing": refused(
        "Expected form {form} in the deployment, but it is missing{near}.",
        "部署中应包含表单 {form}，但缺少该文件{near_zh}。",
        "Deploy the form together with the diagram, or correct its key in the diagram.",
        "请将表单与流程图一并部署，或更正图中的表单标识。",
    ),
    "form-repeated": refused(
        "Expected every form once, but {subject} is the form '{key}' as {other} is.",
        "每个表单只应出现一次，但 {subject} 与 {other} 都是表单“{key}”。",
        "Keep one of the files, or give one of them another name.",
        "请只保留其中一个文件，或将其中一个改名。",
    ),
    "form-broken": refused(
        "Expected a readable form, but {reason}.",
        "表单应可读取，但{reason_zh}。",
        "Save the form again from the editor of form-js or Camunda Modeler.",
        "请用 form-js 编辑器或 Camunda Modeler 重新保存表单。",
    ),
    "form-component-invalid": refused(
        "Expected '{subject}' to be a usable component, but {reason}.",
        "“{subject}”应为可用的组件，但{reason_zh}。",
        "Correct the component in the editor, or remove it.",
        "请在编辑器中更正或删除该组件。",
    ),
    "form-schema-version": refused(
        "Expected schemaVersion {oldest} or newer, but it is {found}.",
        "schemaVersion 应不低于 {oldest}，实际为 {found_zh}。",
        "Open the form in a newer editor and save it.",
        "请用较新的编辑器打开该表单后重新保存。",
    ),
    "form-schema-newer": warning(
        "Expected schemaVersion up to {newest}, but it is {found}; newer features have no effect.",
        "schemaVersion 应不高于 {newest}，实际为 {found}；新特性不起作用。",
        "See that the form uses nothing newer, or save it with an older editor.",
        "请确认表单未使用新特性，或用较旧的编辑器保存。",
    ),
    "form-label-missing": warning(
        "Expected '{subject}' to have a {language} label, but it has none.",
        "“{subject}”应有{language_zh}标签，但没有。",
        "Enter the label; the English one is the custom property label:en.",
        "请填写标签；英文标签写在自定义属性 label:en 中。",
    ),
    "form-option-label-missing": warning(
        "Expected option {option} of '{subject}' to have label and label:en, but one is missing.",
        "“{subject}”的选项 {option} 应有 label 和 label:en，但有缺失。",
        "Enter both labels of the option.",
        "请填写该选项的中英文标签。",
    ),
    "form-options-invalid": refused(
        "Expected '{subject}' to have one clear set of options, but {reason}.",
        "“{subject}”的选项应明确唯一，但{reason_zh}。",
        "Give exactly one of values, valuesKey and valuesExpression, and every value once.",
        "请在 values、valuesKey、valuesExpression 中只给出一个，且每个值只出现一次。",
    ),
    "form-bounds-contradict": refused(
        "Expected limits of '{subject}' that leave a choice, but {low} is more than {high}.",
        "“{subject}”的限值应留有余地，但下限 {low} 大于上限 {high}。",
        "Correct one of the limits.",
        "请更正其中一个限值。",
    ),
    "form-default-invalid": refused(
        "Expected a default value of '{subject}' that fits, but {value} does not: {reason}.",
        "“{subject}”的默认值应符合要求，但 {value} 不符合：{reason_zh}。",
        "Correct the default value, or remove it.",
        "请更正或删除默认值。",
    ),
}
