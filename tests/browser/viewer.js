// Opens forms in the real viewer, once per set of values, fills them in and sends them.
async (cases) => {
  const { Form } = await import("/vendor/bpmn-io/form-viewer.js");
  // Effects run after the next frame and may change what is shown once more.
  const settled = async () => {
    for (let round = 0; round < 2; round++) {
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    }
  };
  const path = (instance) => instance.valuePath.join(".");

  const judge = async (schema, variables, values) => {
    const container = document.body.appendChild(document.createElement("div"));
    const form = new Form({ container });
    await form.importSchema(schema, variables);
    const initial = structuredClone(form._getState().data);
    await settled();
    const instances = () => form.get("formFieldInstanceRegistry").getAllKeyed();
    // What is not shown yet may be after the others: nobody can fill in what is hidden.
    const left = new Map(Object.entries(values));
    for (let round = 0; round < 3; round++) {
      for (const [wanted, value] of left) {
        const instance = instances().find((one) => path(one) === wanted);
        if (!instance) continue;
        form._update({ fieldInstance: instance, value });
        left.delete(wanted);
      }
      await settled();
    }
    const { data, errors } = form.submit();
    const wrong = instances().filter(({ id, indexes }) => {
      let found = errors[id];
      for (const index of Object.values(indexes || {})) found = found?.[index];
      return Array.isArray(found) && found.length > 0;
    });
    const result = { initial, data, errors: wrong.map(path), shown: instances().map(path) };
    form.destroy();
    container.remove();
    return result;
  };

  return Promise.all(
    cases.map(({ schema, variables, tries }) =>
      Promise.all(tries.map((values) => judge(schema, variables, values)))),
  );
}
