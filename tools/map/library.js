// What the agent map needs of others: the drawing, and the layout.
import cytoscape from 'cytoscape';
import fcose from 'cytoscape-fcose';

cytoscape.use(fcose);
window.cytoscape = cytoscape;
