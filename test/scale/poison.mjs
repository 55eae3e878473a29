// A design that kills its whole process when it is asked to write 3, as a run that exhausts the machine's memory would.
export const poison = {
  name: 'my/poison',
  datatype: 'register',
  without: ['cas'],
  // Nothing is claimed: a run of it that ends is unknown, whatever it shows.
  claims: [],
  async start(node) {
    const values = {};
    node.on('store', async ({ key, value }) => {
      values[key] = value;
    });
    return {
      state: values,
      api: {
        read: async (_, key) => values[key] ?? null,
        async write(value, key) {
          if (value === 3) process.kill(process.pid, 'SIGKILL');
          values[key] = value;
          for (const p of node.peers) await node.call(p, 'store', { key, value });
          return null;
        },
      },
    };
  },
};
